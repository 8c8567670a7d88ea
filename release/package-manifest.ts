/** The fields of the project's `package.json` that its packages take over. */
export interface ProjectManifest {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, unknown>>;
}

/** Only the local engine needs it, and it is large: `npm ci --omit=optional` leaves it out, as the workflows do. */
const OPTIONAL: ReadonlySet<string> = new Set(["node-llama-cpp"]);

const IMPORTED = /(?:^(?:import|export)\b[^"'`;]*?\bfrom |^import |\bimport\()"([\w@][\w@./-]*)"/gm;

/** The names of the npm packages that files import, sorted. */
export function importedPackages(texts: readonly string[]): readonly string[] {
  const names = texts.flatMap((text) =>
    [...text.matchAll(IMPORTED)]
      .map(([, specifier = ""]) => specifier)
      .filter((specifier) => !specifier.startsWith("node:"))
      .map((specifier) =>
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      ),
  );
  return [...new Set(names)].sort();
}

/**
 * The `package.json` of the package `sluice`.
 * @param packages names of the npm packages that its files import, in any order
 * @throws when one of them is not among the project's dependencies
 */
export function packageManifest(project: ProjectManifest, packages: readonly string[]): object {
  const imported = [...new Set(packages)].sort();
  const { version, description, license, dependencies, overrides } = project;
  const unknown = imported.filter((name) => dependencies[name] === undefined);
  if (unknown.length > 0)
    throw new Error(
      `The package would import ${unknown.join(", ")}, which is not among the dependencies of package.json; add it there.`,
    );
  const versions = (isOptional: boolean) =>
    Object.fromEntries(
      imported.filter((name) => OPTIONAL.has(name) === isOptional).map((name) => [name, dependencies[name]]),
    );
  return {
    name: "sluice",
    version,
    description,
    license,
    type: "module",
    engines: { node: ">=20.11.0" },
    bin: { sluice: "bin/sluice.mjs" },
    exports: {
      ".": "./settings/environment-input.js",
      "./settings/*": "./settings/*.js",
      "./catalog/*": "./catalog/*.js",
      "./constructs/*": "./constructs/*.js",
      "./stacks/*": "./stacks/*.js",
      "./package.json": "./package.json",
    },
    dependencies: versions(false),
    optionalDependencies: versions(true),
    overrides,
  };
}
