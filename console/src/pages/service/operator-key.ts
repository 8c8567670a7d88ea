import { create } from "zustand";
import { useSession } from "../../session/session.ts";

/** A key of the scope `admin`, which the gateways know; admin keys of the control API they don't. In memory alone. */
export const useOperatorKey = create<{ readonly key: string }>()(() => ({ key: "" }));

useSession.subscribe(({ session }) => {
  if (session.kind === "signed-out") useOperatorKey.setState({ key: "" });
});
