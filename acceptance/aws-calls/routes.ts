/** The two emulators: each serves the services that it emulates better. */
export type Emulator = "moto" | "ministack";

/** Signing names of moto's services; MiniStack serves every other. */
const MOTO: ReadonlySet<string> = new Set([
  "acm",
  "application-autoscaling",
  "autoscaling",
  "ec2",
  "elasticloadbalancing",
  "iam",
  "monitoring",
  "servicequotas",
  "ssm",
  "sts",
  "wafv2",
]);

export function emulatorOf(service: string): Emulator {
  return MOTO.has(service) ? "moto" : "ministack";
}
