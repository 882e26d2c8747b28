import { openDialog } from "./dialog.ts";
import { pageLanguage } from "./language.ts";
import { type Members, type Message, readMessage } from "./message.ts";
import { pageTexts } from "./texts.ts";

type OverlayOptions = Readonly<{
  address: string;
  /** Of whom a message is believed: the platform's own. The bank's pages stand there too. */
  origins: readonly string[];
  /** The names and values that the merchant's form is to be posted with. Called once at most. */
  onPost(members: Members): void;
  /** The payer or the page in it gave up, or the payer came back from the shop's next page. */
  onClose(): void;
}>;

function fill(dialog: HTMLDialogElement, address: string, cancel: () => void): HTMLIFrameElement {
  const texts = pageTexts[pageLanguage()];
  const frame = document.createElement("iframe");
  frame.title = texts.payment;
  frame.allow = "payment; publickey-credentials-get *";
  frame.src = address;
  const spinner = document.createElement("div");
  spinner.className = "spinner";
  spinner.setAttribute("role", "status");
  spinner.setAttribute("aria-label", texts.loading);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.setAttribute("aria-label", texts.close);
  close.textContent = "×";
  close.addEventListener("click", cancel);
  dialog.append(frame, spinner, close);
  // Opaque until the page in it asks otherwise: the pages of banks have no background of their own.
  dialog.classList.add("opaque", "loading");
  return frame;
}

/** Opens a page of the platform over the whole window and does as it says. */
export function openOverlay(options: OverlayOptions): void {
  let isPosted = false;
  const listen = (event: MessageEvent) => {
    const isOurs = event.source === frame.contentWindow && options.origins.includes(event.origin);
    const message = isOurs ? readMessage(event.data) : undefined;
    if (message) obey(message);
  };
  const { element, close } = openDialog({
    label: pageTexts[pageLanguage()].payment,
    kind: "overlay",
    onClose() {
      window.removeEventListener("message", listen);
      window.removeEventListener("pageshow", closeIfBack);
      options.onClose();
    },
  });
  const frame = fill(element, options.address, close);
  const closeIfBack = (event: PageTransitionEvent) => {
    if (event.persisted) close();
  };
  function obey(message: Message) {
    if (message.command === "form-post") {
      // The payer waits under the overlay until the shop's next page is there.
      window.removeEventListener("message", listen);
      isPosted = true;
      element.classList.add("loading");
      options.onPost(message.members);
    } else if (message.command === "close-iframe") close();
    else element.classList.toggle("opaque", message.command === "iframe-no-transparent");
  }
  frame.addEventListener("load", () => {
    if (isPosted) return;
    element.classList.remove("loading");
    frame.focus();
  });
  window.addEventListener("message", listen);
  window.addEventListener("pageshow", closeIfBack);
}
