import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouteContext } from "@tanstack/react-router";
import { useState } from "react";
import { ApiError } from "../../api/api-error.ts";
import { announce } from "../../components/announcer.tsx";
import { useTexts } from "../../i18n/translate.ts";
import { gatewayAdmin } from "./gateway-admin.ts";
import { MESSAGES } from "./messages.ts";
import { overrideOf, type RouteChange, type SeenOverride } from "./route-override.ts";
import { TARGETS_KEY } from "./targets-query.ts";

interface WantedOverride {
  readonly change: RouteChange;
  /** The override as it was when the change was chosen. */
  readonly seen: SeenOverride;
}

/** A change that was refused, as another operator had changed the override. */
export interface OverrideConflict extends WantedOverride {
  readonly now: SeenOverride;
}

/** Changes or takes back what was set by hand for a route, where nobody else did since it was seen. */
export function useOverride() {
  const t = useTexts(MESSAGES);
  const queries = useQueryClient();
  const { config } = useRouteContext({ from: "__root__" });
  const [conflict, setConflict] = useState<OverrideConflict>();
  const change = useMutation<boolean, Error, WantedOverride>({
    async mutationFn({ change: wanted, seen }) {
      const path = `/routes/${encodeURIComponent(wanted.route)}/override`;
      const body = overrideOf(seen.settings, wanted);
      const ifMatch = `"${seen.version}"`;
      const call = body === undefined ? ({ method: "DELETE" } as const) : ({ method: "POST", body } as const);
      try {
        await gatewayAdmin(config.apiUrl, { ...call, path, ifMatch });
        setConflict(undefined);
        return true;
      } catch (error) {
        if (!(error instanceof ApiError) || error.kind !== "conflict") throw error;
        setConflict({ change: wanted, seen, now: await gatewayAdmin<SeenOverride>(config.apiUrl, { path }) });
        return false;
      }
    },
    onSuccess: async (isMade) => {
      if (isMade) announce(t("overridden"));
      await queries.invalidateQueries({ queryKey: TARGETS_KEY });
    },
  });
  return { change, conflict, dismiss: () => setConflict(undefined) };
}
