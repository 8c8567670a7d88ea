import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { ConsoleConfig } from "./api/console-config.ts";
import { queryClient } from "./api/queries.ts";
import { Loading } from "./components/loading.tsx";
import { createConsoleRouter } from "./router.tsx";
import { currentSession, useSession } from "./session/session.ts";

/** The console: its pages once it is known who uses it. */
export function App({ config }: { readonly config: ConsoleConfig }) {
  const [router] = useState(() => createConsoleRouter(config));
  const kind = useSession(({ session }) => session.kind);
  useEffect(() => {
    // Pages check who is signed in when they are opened; so they are opened anew when that changes.
    if (kind !== "starting") void router.invalidate();
    if (currentSession().kind === "signed-out") queryClient.clear();
  }, [kind, router]);
  if (kind === "starting") return <Loading />;
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
