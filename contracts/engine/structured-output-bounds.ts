/**
 * Bounds of schemas and grammars that a model's text has to follow, for gateway and engine. An engine compiles them
 * before the first token: 200 `anyOf` within each other, or definitions that refer twice to the next one, take it 20 s.
 */
export const STRUCTURED_OUTPUT_BOUNDS = {
  /** Schemas, properties and values of a JSON schema with its references written out. OpenAI's bound is 5,000 properties. */
  schemaNodes: 20_000,
  /** Alternatives at one place of the text, those within each other multiplied out by references; OpenAI: 1,000 of an `enum`. */
  schemaAlternatives: 1000,
  /** Characters of a regular expression, also of a schema's `pattern`. */
  regexCharacters: 10_000,
  /** Characters of a grammar. */
  grammarCharacters: 100_000,
  /** Texts of which one is chosen. */
  choices: 1000,
} as const;
