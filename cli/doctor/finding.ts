export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  readonly text: string;
  /** How to resolve it; with every `warn` and `fail`. */
  readonly remedy?: string;
}

export interface Check {
  readonly name: string;
  run(signal: AbortSignal): Promise<Finding>;
}

export const ok = (text: string): Finding => ({ level: "ok", text });
export const warn = (text: string, remedy: string): Finding => ({ level: "warn", text, remedy });
export const fail = (text: string, remedy: string): Finding => ({ level: "fail", text, remedy });
