import { dialogStyle } from "./dialog-style.ts";

export type Dialog = Readonly<{ element: HTMLDialogElement; close(): void }>;

type DialogOptions = Readonly<{
  /** Its name for screen readers. */
  label: string;
  kind: "overlay" | "notice";
  onClose?: () => void;
}>;

/** Adopted where the browser can: a shop's content security policy may forbid `<style>`. */
export function addStyle(root: Document | ShadowRoot, css: string): void {
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return;
  }
  const style = document.createElement("style");
  style.textContent = css;
  (root instanceof Document ? root.head : root).append(style);
}

/** Keeps the page from scrolling, without a jump where its scroll bar was. Returns the undoing. */
function lockScroll(): () => void {
  const { style, clientWidth } = document.documentElement;
  const before = { overflow: style.overflow, paddingRight: style.paddingRight };
  const barWidth = window.innerWidth - clientWidth;
  style.overflow = "hidden";
  if (barWidth > 0) style.paddingRight = `${barWidth}px`;
  return () => Object.assign(style, before);
}

/**
 * A modal dialog above everything of the page, out of reach of the page's styles. The browser keeps
 * the focus in it, closes it on Escape and gives the focus back.
 */
export function openDialog({ label, kind, onClose }: DialogOptions): Dialog {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  addStyle(root, dialogStyle);
  const element = document.createElement("dialog");
  element.className = kind;
  element.setAttribute("aria-label", label);
  root.append(element);
  document.body.append(host);
  const unlock = lockScroll();
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    element.close();
    host.remove();
    unlock();
    onClose?.();
  };
  element.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  // A browser closes a dialog that cancels Escape twice, without asking.
  element.addEventListener("close", close);
  element.showModal();
  return { element, close };
}
