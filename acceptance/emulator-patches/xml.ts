/** Text for use inside an XML element. */
export function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
  return text.replace(/[&<>]/g, (character) => names[character] ?? character);
}

/** Content of every element of this name, in order. */
export function elements(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map((match) => match[1] ?? "");
}

/** Content of the first element of this name. */
export function element(xml: string, name: string): string | undefined {
  return elements(xml, name)[0];
}

interface Tree {
  [name: string]: Tree | string;
}

/**
 * Fields of a query call as the XML in which the describing call would return them:
 * `Tags.member.1.Key=a` becomes `<Tags><member><Key>a</Key></member></Tags>`.
 * @param names first parts of the fields to include
 */
export function fieldsAsXml(fields: URLSearchParams, names: readonly string[]): string {
  const root: Tree = {};
  for (const [field, value] of fields) {
    const parts = field.split(".");
    const last = parts.at(-1);
    if (last === undefined || !names.includes(parts[0] ?? "")) continue;
    let node = root;
    for (const part of parts.slice(0, -1)) {
      const next = node[part];
      const child: Tree = typeof next === "object" ? next : {};
      node[part] = child;
      node = child;
    }
    node[last] = value;
  }
  return render(root);
}

function render(tree: Tree | string): string {
  if (typeof tree === "string") return escapeXml(tree);
  return Object.entries(tree)
    .map(([name, content]) =>
      name === "member" && typeof content === "object"
        ? Object.values(content)
            .map((each) => `<member>${render(each)}</member>`)
            .join("")
        : `<${name}>${render(content)}</${name}>`,
    )
    .join("");
}
