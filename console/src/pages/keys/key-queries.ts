import { infiniteQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { NewServiceAccountKey, ProjectApiKey } from "../../../../contracts/control/project-keys.ts";
import { api } from "../../api/queries.ts";

/** Keys of a page of the list. */
const PAGE_SIZE = 50;

/** A new key with its secret, which is in no other response. */
export type NewKey = Pick<NewServiceAccountKey, "id" | "name" | "value">;

/** The keys of a project, page by page. */
export function keysQuery(projectId: string) {
  return infiniteQueryOptions({
    queryKey: ["keys", projectId],
    queryFn: ({ pageParam, signal }) =>
      api.call("listProjectApiKeys", {
        path: { project_id: projectId },
        query: { limit: PAGE_SIZE, ...(pageParam === "" ? {} : { after: pageParam }) },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: ({ has_more, last_id }) => (has_more ? last_id : null),
  });
}

export interface NewKeyFields {
  readonly name: string;
  /** Life in seconds; `undefined` for a key that does not expire. */
  readonly expiresInSeconds: number | undefined;
  /** The same for each try of one form, so that a lost response makes no second key. */
  readonly idempotencyKey: string;
}

/** Creates an account for a program with a key. */
export function useCreateKey(projectId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, expiresInSeconds, idempotencyKey }: NewKeyFields): Promise<NewKey | undefined> => {
      const { api_key } = await api.call("createServiceAccount", {
        path: { project_id: projectId },
        body: { name, ...life(expiresInSeconds) },
        idempotencyKey,
      });
      return api_key ?? undefined;
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery(projectId).queryKey }),
  });
}

/** Creates a further key of the account that a key has. */
export function useRotateKey(projectId: string, { id, owner }: ProjectApiKey) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, expiresInSeconds, idempotencyKey }: NewKeyFields): Promise<NewKey> =>
      api.call("createServiceAccountKey", {
        path: {
          project_id: projectId,
          service_account_id: owner.type === "service_account" ? owner.service_account.id : id,
        },
        body: { name, ...life(expiresInSeconds) },
        idempotencyKey,
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keysQuery(projectId).queryKey }),
  });
}

/** @param onRevoked called once the list is read anew */
export function useRevokeKey(projectId: string, keyId: string, onRevoked: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<void> =>
      void (await api.call("deleteProjectApiKey", { path: { project_id: projectId, api_key_id: keyId } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keysQuery(projectId).queryKey });
      onRevoked();
    },
  });
}

function life(seconds: number | undefined): { readonly expires_in_seconds?: number } {
  return seconds === undefined ? {} : { expires_in_seconds: seconds };
}
