import type { UseLimit } from "../../../contracts/limits/use-limit.ts";
import type { ControlStore } from "../store/control-store.ts";
import { type LimitedSubject, limitedSubject } from "./limited-subject.ts";

const PREFIX = "rl-";

/** Id of the rate limits of a model. */
export function rateLimitId(model: string): string {
  return `${PREFIX}${model}`;
}

/** The models that have rate limits: those of the environment file, and others that a project's limits name. */
export function limitedModels(models: readonly string[], limits: readonly UseLimit[]): readonly string[] {
  const named = limits.flatMap(({ model }) => model ?? []);
  return [...new Set([...models, ...named])].sort();
}

/** The project's limits, of the model of an id. @returns undefined where there is no such model */
export async function findRateLimit(
  store: ControlStore,
  organizationId: string,
  { projectId, id, models }: { readonly projectId: string; readonly id: string; readonly models: readonly string[] },
): Promise<(LimitedSubject & { readonly model: string }) | undefined> {
  const subject = await limitedSubject(store, organizationId, "project", projectId);
  if (subject === undefined) return undefined;
  const model = limitedModels(models, subject.record?.limits ?? []).find((name) => rateLimitId(name) === id);
  return model === undefined ? undefined : { ...subject, model };
}
