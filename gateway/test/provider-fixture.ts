import { onTestFinished } from "vitest";
import { type FakeProvider, type FakeProviderBehaviour, startFakeProvider } from "../../test-support/fake-provider.ts";

/** A fake provider that ends with the test. */
export async function provide(behaviour: Partial<FakeProviderBehaviour> = {}): Promise<FakeProvider> {
  const provider = await startFakeProvider(behaviour);
  onTestFinished(() => provider.stop());
  return provider;
}
