import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { OwnApiKey } from "../../../../contracts/control/project-keys.ts";
import { api } from "../../api/queries.ts";
import type { NewKeyFields } from "../keys/key-queries.ts";

const QUERY = ["own-keys"] as const;

/** The keys of whoever is signed in, of all projects, the newest first. */
export const ownKeysQuery = queryOptions({
  queryKey: QUERY,
  queryFn: async ({ signal }) => (await api.call("listOwnApiKeys", { signal })).data,
});

export interface NewOwnKeyFields extends NewKeyFields {
  /** Whether requests that generate are refused. */
  readonly isReadOnly: boolean;
}

/** Creates a key of one's own in the project. */
export function useCreateOwnKey(projectId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, expiresInSeconds, isReadOnly, idempotencyKey }: NewOwnKeyFields) =>
      api.call("createProjectApiKey", {
        path: { project_id: projectId },
        body: {
          name,
          ...(isReadOnly ? { scopes: ["api.all.read"] as const } : {}),
          ...(expiresInSeconds === undefined ? {} : { expires_in_seconds: expiresInSeconds }),
        },
        idempotencyKey,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: QUERY }),
  });
}

interface Rotation {
  readonly overlapSeconds: number;
  /** The same for each try, so that a lost response does not end the secret that nobody has seen. */
  readonly idempotencyKey: string;
}

/** Gives the key a new secret. The one before works on for the overlap. */
export function useRotateOwnKey({ id, project_id }: OwnApiKey) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ overlapSeconds, idempotencyKey }: Rotation) =>
      api.call("rotateProjectApiKey", {
        path: { project_id, api_key_id: id },
        body: { overlap_seconds: overlapSeconds },
        idempotencyKey,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: QUERY }),
  });
}

export function useRevokeOwnKey({ id, project_id }: OwnApiKey, onRevoked: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<void> =>
      void (await api.call("deleteProjectApiKey", { path: { project_id, api_key_id: id } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: QUERY });
      onRevoked();
    },
  });
}
