import { ownCode } from "../lib/html.ts";

/** The pages' whole appearance. Colours keep a contrast of 4.5 to 1 or more on their ground. */
export const style = ownCode(`
:root{color-scheme:light;--ink:#14202b;--soft:#4a5b6a;--line:#d3dce4;--ground:#eef2f6;
--brand:#0b4f8a;--brand-deep:#083b68;--warn:#ffe08a;--warn-ink:#4a3500;--bad:#a3172a;
--bad-ground:#fdecee}
*,*::before,*::after{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,
"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;-webkit-text-size-adjust:100%}
.banner{display:flex;flex-wrap:wrap;gap:.15rem .6rem;justify-content:center;align-items:baseline;
padding:.5rem 1rem;background:var(--warn);color:var(--warn-ink);text-align:center;font-size:.875rem}
.banner strong{letter-spacing:.08em}
main{max-width:29rem;margin:0 auto;padding:1rem}
.sheet{background:#fff;border:1px solid var(--line);border-radius:.9rem;overflow:hidden;
box-shadow:0 1px 2px rgb(20 32 43/.06),0 8px 24px rgb(20 32 43/.07)}
.bank{display:flex;align-items:center;gap:.7rem;padding:.9rem 1.25rem;background:var(--brand);
color:#fff}
.bank svg{flex:none;width:1.75rem;height:1.75rem}
.bank b{display:block;line-height:1.25}
.bank small{font-size:.8125rem;line-height:1.25;display:block}
.inner{padding:1.25rem}
.inner>:last-child,.tests>:last-child{margin-bottom:0}
h1{margin:0 0 .35rem;font-size:1.3rem;line-height:1.25}
p{margin:0 0 .9rem}
.soft{color:var(--soft)}
dl{margin:0 0 1.1rem;border:1px solid var(--line);border-radius:.6rem}
dl div{display:flex;justify-content:space-between;gap:1rem;padding:.5rem .85rem}
dl div+div{border-top:1px solid var(--line)}
dt{color:var(--soft);flex:none}
dd{margin:0;text-align:right;overflow-wrap:anywhere;min-width:0}
dd.sum{font-weight:700;font-size:1.1rem;font-variant-numeric:tabular-nums}
label,legend{font-weight:600}
input[type=text],select{width:100%;min-height:3rem;margin-top:.3rem;padding:.55rem .8rem;
border:1px solid #6b7c8b;border-radius:.6rem;background:#fff;color:inherit;font:inherit;
font-weight:400}
input[aria-invalid=true]{border:2px solid var(--bad)}
input[type=text]{font-size:1.25rem;letter-spacing:.12em}
.hint{margin:.35rem 0 1rem;color:var(--soft)}
.hint b{padding:.05rem .45rem;border-radius:.3rem;background:var(--ground);color:var(--ink);
font:600 1rem ui-monospace,SFMono-Regular,Consolas,monospace}
.alert{margin:0 0 1rem;padding:.7rem .9rem;border-left:.3rem solid var(--bad);border-radius:.4rem;
background:var(--bad-ground);color:var(--bad);font-weight:600}
button,.go{width:100%;min-height:3rem;padding:.6rem 1rem;border:1px solid var(--brand);
border-radius:.6rem;background:#fff;color:var(--brand-deep);font:inherit;font-weight:600;
line-height:1.3;cursor:pointer}
button:hover{background:#e8f0f8}
button.first{background:var(--brand);color:#fff}
button.first:hover{background:var(--brand-deep)}
:focus-visible{outline:3px solid #c2570c;outline-offset:2px}
.two{display:grid;gap:.7rem;grid-template-columns:2fr 1fr}
.time{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.2rem 1rem;margin:1rem 0 0;
color:var(--soft);font-size:.9rem}
.time b{color:var(--ink);font-variant-numeric:tabular-nums}
details{margin-top:1rem;border:1px solid var(--line);border-radius:.9rem;background:#fff}
summary{padding:.85rem 1.25rem;font-weight:600;cursor:pointer;border-radius:.9rem}
.tests{padding:0 1.25rem 1.25rem}
.choice,fieldset{display:block;margin:0 0 1rem}
fieldset{padding:0;border:0;min-width:0}
legend{padding:0;margin-bottom:.35rem}
.tick{display:flex;gap:.6rem;align-items:flex-start;padding:.4rem 0;font-weight:400}
.tick input{flex:none;width:1.15rem;height:1.15rem;margin:.2rem 0 0;accent-color:var(--brand)}
.buttons{display:grid;gap:.6rem;grid-template-columns:1fr 1fr}
.buttons button:first-child{grid-column:1/-1}
.bank a{margin-left:auto;padding:.45rem .7rem;border:1px solid rgb(255 255 255/.6);
border-radius:.5rem;color:#fff;font-size:.9rem;line-height:1.2;
text-decoration:none}
.bank a:hover{background:var(--brand-deep)}
form+form{margin-top:.7rem}
.hidden{display:none}
@media (min-width:40rem){main{padding:2rem 1rem}.inner{padding:1.75rem}.bank{padding:1rem 1.75rem}
.tests{padding:0 1.75rem 1.5rem}summary{padding:.9rem 1.75rem}}
@media (forced-colors:active){button,.sheet,details{border:1px solid}}
`);
