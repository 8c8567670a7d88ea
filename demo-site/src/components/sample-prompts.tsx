interface SamplePromptsProps {
  readonly prompts: readonly string[];
  readonly onPick: (prompt: string) => void;
}

export function SamplePrompts({ prompts, onPick }: SamplePromptsProps) {
  if (prompts.length === 0) return null;
  return (
    <section className="samples" aria-labelledby="samples-heading">
      <h2 id="samples-heading">Try one of these</h2>
      {/* Other prompts are a new list: those that both have would move otherwise. */}
      <ul key={prompts.join("\n")}>
        {prompts.map((prompt) => (
          <li key={prompt}>
            <button type="button" onClick={() => onPick(prompt)}>
              {prompt}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
