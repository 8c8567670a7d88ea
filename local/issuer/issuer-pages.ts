/** People of the local issuer. There is no password: it is for this machine alone. */
export const LOCAL_PEOPLE = ["ada@example.com", "grace@example.com"] as const;

/** Their groups at the issuer. */
export const LOCAL_GROUPS: Readonly<Record<string, readonly string[]>> = {
  "ada@example.com": ["everyone", "engineering"],
  "grace@example.com": ["everyone", "support"],
};

const STYLE =
  "body{font:16px system-ui;max-width:28rem;margin:4rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem;margin:.25rem 0}";

/** A page of the local issuer. @param content HTML */
export function issuerPage(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`;
}

/** Whose button is pressed is signed in. @param action path of the form */
export function choicePage(action: string): string {
  const buttons = LOCAL_PEOPLE.map(
    (email) => `<p><button name="person" value="${email}">Sign in as ${email}</button></p>`,
  );
  const note = "<p>This issuer runs on your machine, and its people are examples: there is no password.</p>";
  return issuerPage("Sign in", `${note}<form method="post" action="${action}">${buttons.join("")}</form>`);
}

/** @param form the provider's own, with its field for the code */
export function codePage(form: string, isWrong: boolean): string {
  const note = isWrong
    ? "This code is not known, or has expired. Enter another one."
    : "Enter the code that the command shows.";
  return issuerPage(
    "Enter the code",
    `<p>${note}</p>${form}<button type="submit" form="op.deviceInputForm">Continue</button>`,
  );
}

/** @param form the provider's own @param code as the command shows it */
export function confirmPage(form: string, code: string): string {
  const note = `<p>Does the command show the code <strong>${code}</strong>? If you did not start it, close this page.</p>`;
  return issuerPage(
    "Confirm the code",
    `${note}${form}<button type="submit" form="op.deviceConfirmForm">Continue</button>`,
  );
}
