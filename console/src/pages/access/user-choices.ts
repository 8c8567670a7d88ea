import { api } from "../../api/queries.ts";
import { useChoices } from "../../components/choices.tsx";
import { byNext } from "./by-next.ts";

/** The people of the organisation, to choose one. */
export function useUserChoices() {
  return useChoices({ queryKey: ["users"], read: (query, signal) => api.call("listUsers", { query, signal }) });
}

/** The groups of the organisation, to choose one. */
export function useGroupChoices() {
  return useChoices({
    queryKey: ["groups"],
    read: async (query, signal) => byNext(await api.call("listGroups", { query, signal })),
  });
}
