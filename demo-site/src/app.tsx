import { useEffect, useState } from "react";
import { type ConfigResponse, loadConfig } from "./api/config.ts";
import { UNKNOWN_CONFIG } from "./api/unknown-config.ts";
import { ConfigProblem } from "./components/config-problem.tsx";
import { Playground } from "./components/playground.tsx";

/**
 * The page. Until its configuration is there, which has the API's address and the models, it is what the build has drawn: the
 * same page, whose form is disabled.
 */
export function App({ configUrl }: { readonly configUrl: string }) {
  const [response, setResponse] = useState<ConfigResponse>();
  useEffect(() => {
    void loadConfig(configUrl).then(setResponse);
  }, [configUrl]);

  if (response?.kind === "problem") return <ConfigProblem problems={response.problems} />;
  return <Playground config={response?.config ?? UNKNOWN_CONFIG} isReady={response !== undefined} />;
}
