/** Of what the scripts put over a shop's page. It lives in a shadow root: nothing leaks. */
export const dialogStyle = `
:host { all: initial; color-scheme: light; }
dialog {
  box-sizing: border-box;
  border: 0;
  padding: 0;
  color: #16181d;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
dialog::backdrop { background: rgb(13 17 28 / 0.62); }
.overlay {
  position: fixed;
  inset: 0;
  width: 100vw;
  height: 100vh;
  height: 100dvh;
  max-width: none;
  max-height: none;
  overflow: hidden;
  background: transparent;
}
.overlay:focus { outline: none; }
iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; }
.opaque iframe { background: #fff; }
.loading iframe { visibility: hidden; }
.spinner { display: none; }
.loading .spinner {
  display: block;
  position: absolute;
  inset: 0;
  width: 44px;
  height: 44px;
  margin: auto;
  border: 4px solid rgb(255 255 255 / 0.35);
  border-top-color: #fff;
  border-radius: 50%;
  animation: turn 0.9s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) {
  .loading .spinner { animation-duration: 4s; }
}
button {
  font: inherit;
  cursor: pointer;
}
button:focus-visible {
  outline: 3px solid #fff;
  outline-offset: 2px;
  box-shadow: 0 0 0 2px #16181d;
}
.close {
  position: absolute;
  top: max(12px, env(safe-area-inset-top));
  right: max(12px, env(safe-area-inset-right));
  width: 44px;
  height: 44px;
  border: 0;
  border-radius: 50%;
  background: rgb(255 255 255 / 0.94);
  color: #16181d;
  box-shadow: 0 1px 6px rgb(13 17 28 / 0.3);
  font-size: 26px;
  line-height: 1;
}
.notice {
  width: min(420px, calc(100vw - 32px));
  border-radius: 16px;
  padding: 24px;
  background: #fff;
  box-shadow: 0 24px 64px rgb(13 17 28 / 0.35);
}
.notice h2 { margin: 0 0 8px; font-size: 18px; line-height: 1.3; }
.notice p { margin: 0 0 20px; color: #454c5a; overflow-wrap: anywhere; }
.notice button {
  display: block;
  width: 100%;
  min-height: 48px;
  border: 0;
  border-radius: 10px;
  background: #16181d;
  color: #fff;
  font-weight: 600;
}
`;
