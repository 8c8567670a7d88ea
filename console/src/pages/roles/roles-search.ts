/** Filters of the page in its address. */
export interface RolesSearch {
  /** `project`: roles of the chosen project. @default - those of the organisation */
  readonly of?: "project";
  /** Whose roles are shown: `user.ID` or `group.ID`. */
  readonly who?: string;
}

export function rolesSearch(search: Readonly<Record<string, unknown>>): RolesSearch {
  const { of, who } = search;
  return {
    ...(of === "project" ? { of } : {}),
    ...(typeof who === "string" && /^(user|group)\.[\w-]{1,200}$/.test(who) ? { who } : {}),
  };
}

/** A user or a group, as the address names it. */
export interface Principal {
  readonly kind: "user" | "group";
  readonly id: string;
}

export function principalOf(who: string): Principal {
  const [kind, id = ""] = who.split(".");
  return { kind: kind === "group" ? "group" : "user", id };
}
