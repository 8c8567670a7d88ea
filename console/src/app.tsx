import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import type { ConsoleConfig } from "./api/console-config.ts";
import { queryClient } from "./api/queries.ts";
import { createConsoleRouter } from "./router.tsx";
import { useSession } from "./session/session.ts";

type ConsoleRouter = ReturnType<typeof createConsoleRouter>;

/** The pages, with that of the address ready to be drawn, once it is known who uses the console. */
export async function loadedRouter(config: ConsoleConfig): Promise<ConsoleRouter> {
  const router = createConsoleRouter(config);
  // Pages check who is signed in when they are opened; so they are opened anew when that changes.
  useSession.subscribe(({ session: { kind } }, { session: before }) => {
    if (kind === before.kind) return;
    void router.invalidate();
    if (kind === "signed-out") queryClient.clear();
  });
  await router.load();
  return router;
}

/** The console. */
export function App({ router }: { readonly router: ConsoleRouter }) {
  return (
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
