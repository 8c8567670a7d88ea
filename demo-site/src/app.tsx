import { useEffect, useState } from "react";
import { type ConfigResponse, loadConfig } from "./api/config.ts";
import { ConfigProblem } from "./components/config-problem.tsx";
import { Playground } from "./components/playground.tsx";

/** The page: its configuration first, because that has the API's address and the models. */
export function App({ configUrl }: { readonly configUrl: string }) {
  const [response, setResponse] = useState<ConfigResponse>();
  useEffect(() => {
    void loadConfig(configUrl).then(setResponse);
  }, [configUrl]);

  if (response === undefined) return <main className="page-message">Loading…</main>;
  if (response.kind === "problem") return <ConfigProblem problems={response.problems} />;
  return <Playground config={response.config} />;
}
