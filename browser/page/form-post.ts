import type { Members } from "./message.ts";

/** Puts the members into the form as hidden inputs, each once, and posts it past its validation. */
export function postForm(form: HTMLFormElement, members: Members): void {
  for (const [name, value] of members) {
    const known = form.querySelector<HTMLInputElement>(
      `input[type="hidden"][name="${CSS.escape(name)}"]`,
    );
    const input = known ?? document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    input.disabled = false;
    if (!known) form.append(input);
  }
  // A form may hold a field named `submit`, which hides the method of that name.
  HTMLFormElement.prototype.submit.call(form);
}
