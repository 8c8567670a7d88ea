/** The two emulators: each answers the services at which it is the better one. */
export type Emulator = "moto" | "ministack";

/** Signing names that moto answers; MiniStack answers every other. */
const MOTO: ReadonlySet<string> = new Set([
  "acm",
  "application-autoscaling",
  "autoscaling",
  "ec2",
  "elasticloadbalancing",
  "iam",
  "monitoring",
  "servicequotas",
  "sts",
]);

export function emulatorOf(service: string): Emulator {
  return MOTO.has(service) ? "moto" : "ministack";
}
