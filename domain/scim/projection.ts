import type { ScimListQuery } from "../../contracts/scim/resources.ts";

type Names = Partial<Pick<ScimListQuery, "attributes" | "excludedAttributes">>;
type Resource = Readonly<Record<string, unknown>>;

/** RFC 7643, section 7: these are returned whatever a client asks for. */
const ALWAYS = ["id", "schemas"];

/** Whether a client wants an attribute, by RFC 7644, section 3.9. */
export function wants(attribute: string, { attributes, excludedAttributes }: Names, schema: string): boolean {
  const name = attribute.toLowerCase();
  if (ALWAYS.includes(name)) return true;
  const listed = namesOf(attributes, schema);
  if (listed.length > 0) return listed.some((one) => one === name || one.startsWith(`${name}.`));
  return !namesOf(excludedAttributes, schema).includes(name);
}

/** A resource with the attributes that a client wants. A part of an attribute, such as `name.givenName`, brings the whole attribute. */
export function projected(resource: Resource, names: Names, schema: string): Resource {
  return Object.fromEntries(Object.entries(resource).filter(([name]) => wants(name, names, schema)));
}

/** In small letters, and without the schema's URN before them. */
function namesOf(list: string | undefined, schema: string): readonly string[] {
  const prefix = `${schema}:`.toLowerCase();
  return (list ?? "").split(",").flatMap((text) => {
    const name = text.trim().toLowerCase();
    return name === "" ? [] : [name.startsWith(prefix) ? name.slice(prefix.length) : name];
  });
}
