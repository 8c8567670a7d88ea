/** The parts of a `package.json` that a new repository takes over. */
export interface PackageFacts {
  readonly version: string;
  /** npm's `overrides`, which only the root package's are: the large builds of llama.cpp that no laptop needs. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** The `package.json` of a repository that describes environments: Sluice at an exact version, and its commands. */
export function repositoryManifest(name: string, { version, overrides = {} }: PackageFacts): object {
  return {
    name,
    private: true,
    type: "module",
    engines: { node: ">=20.11.0" },
    scripts: {
      start: "sluice start",
      test: "sluice validate",
      synth: "sluice synth",
      sluice: "sluice",
    },
    dependencies: { sluice: version },
    overrides,
  };
}
