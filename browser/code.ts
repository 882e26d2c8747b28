import { hideBrokenLogo } from "./card/logo.ts";
import { waitWords } from "./card/wait.ts";

const SECOND_MS = 1_000;

/** Holds the button of another code back until one may be asked for, and counts down to that. */
function countDown(line: HTMLElement, button: HTMLButtonElement): void {
  const { seconds, wait = "", may = "", minute = "", second = "" } = line.dataset;
  const words = { wait, may, minute, second };
  const end = performance.now() + Number(seconds) * SECOND_MS;
  const show = () => {
    const left = Math.ceil((end - performance.now()) / SECOND_MS);
    line.textContent = waitWords(left, words);
    button.disabled = left > 0;
    if (left <= 0) clearInterval(timer);
  };
  const timer = setInterval(show, SECOND_MS);
  show();
}

/** A code is sent once, however often its button is pressed. */
function sendOnce(form: HTMLFormElement): void {
  let isSending = false;
  form.addEventListener("submit", (event) => {
    if (isSending) event.preventDefault();
    isSending = true;
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", ({ persisted }) => {
    if (persisted) isSending = false;
  });
}

hideBrokenLogo();
const line = document.getElementById("wait");
const button = document.getElementById("again");
if (line && button instanceof HTMLButtonElement) countDown(line, button);
for (const form of document.forms) sendOnce(form);
