/** Families of EC2 that are known, and that Sluice refuses, with the reason. */
const REFUSED: readonly { readonly pattern: RegExp; readonly reason: string }[] = [
  {
    pattern: /^(inf1|inf2|trn1|trn1n|trn2|trn2u|trn3)\./,
    reason: "has AWS's Inferentia or Trainium chips: the engine image has vLLM for NVIDIA GPUs alone",
  },
  { pattern: /^g6f\.|^gr6f\./, reason: "has a part of a GPU, with a driver that the engine image lacks" },
  { pattern: /^g4ad\./, reason: "has AMD GPUs: the engine image has vLLM for NVIDIA GPUs alone" },
  {
    pattern: /^(p6e|p6e-gb200|p6e-gb300)\./,
    reason: "is sold as a rack with arm64 processors: the engine image is x86",
  },
  { pattern: /^(p2|p3|p3dn)\./, reason: "has GPUs older than compute capability 7.5, the oldest that vLLM supports" },
];

/** Why Sluice refuses an instance type by its family; `undefined` for a type of no such family. */
export function refusalOfInstanceType(name: string): string | undefined {
  const refused = REFUSED.find(({ pattern }) => pattern.test(name));
  return refused && `${name} ${refused.reason}`;
}
