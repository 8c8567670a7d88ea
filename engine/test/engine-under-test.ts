import { homedir } from "node:os";
import { CompletionResponse } from "../../contracts/api/completions.ts";
import { modelFiles } from "../fetch-model.ts";
import { EngineApp } from "../http/app.ts";
import { LocalBackend } from "../local-backend.ts";
import { readSettings } from "../settings/settings.ts";

/** Context of the engine under test, in tokens; four slots, and six requests at once. */
const ARGUMENTS = ["--served-model-name", "tiny", "--max-model-len", "1024", "--max-num-queued-reqs", "6"];

/** The real model in this process, for tests. `env` names the model's file. */
export class EngineUnderTest {
  readonly url: string;
  readonly #app: EngineApp;

  private constructor(app: EngineApp, url: string) {
    this.#app = app;
    this.url = url;
  }

  /** Listens; `load` makes it ready. */
  static async listen(env: Readonly<Record<string, string | undefined>>): Promise<EngineUnderTest> {
    const all = { HOME: homedir(), ...env, SLUICE_ENGINE_ARGUMENTS: JSON.stringify(ARGUMENTS) };
    const silent = { write: () => true };
    const backend = new LocalBackend(readSettings(all, 2), modelFiles(all, silent), () => {});
    const app = new EngineApp(backend, () => {});
    return new EngineUnderTest(app, `http://127.0.0.1:${await app.listen(0, "127.0.0.1")}`);
  }

  load(): Promise<void> {
    return this.#app.load();
  }

  stop(): Promise<void> {
    return this.#app.drain(0);
  }

  /** Greedy unless the body has a temperature. */
  post(path: string, body: object, signal?: AbortSignal): Promise<Response> {
    return fetch(this.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "tiny", temperature: 0, ...body }),
      ...(signal ? { signal } : {}),
    });
  }

  async complete(body: object): Promise<CompletionResponse> {
    return CompletionResponse.parse(await (await this.post("/v1/completions", body)).json());
  }

  /** Value of a metric without further labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name}{model_name="tiny"} (\\S+)$`, "m").exec(text)?.[1]);
  }

  /** Waits until a metric has a value. */
  async until(name: string, value: number): Promise<void> {
    while ((await this.metric(name)) !== value) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
