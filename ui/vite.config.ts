// How the page is built: one static shell, every route loaded by the browser. Pixi and the contract's checks stay out of the first load.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import adapter from "@sveltejs/adapter-static";
import { sveltekit } from "@sveltejs/kit/vite";
import { defineConfig, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { version: release } = JSON.parse(readFileSync(here("../package.json"), "utf8")) as { version: string };
/** Names with "immutable" are cached for good; app.html preloads this one. */
const FONTS = { "saira.5.3.0.woff2": "saira/files/saira-latin-wght-normal.woff2", "jetbrains-mono.5.3.0.woff2": "jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2" };
const fontFile = (path: string): Uint8Array => readFileSync(here(`../node_modules/@fontsource-variable/${path}`));

/** Fonts under names that app.html can know. */
const fonts: Plugin = {
  name: "fonts",
  applyToEnvironment: ({ name }) => name === "client",
  generateBundle() {
    for (const [name, path] of Object.entries(FONTS)) this.emitFile({ type: "asset", fileName: `_app/immutable/fonts/${name}`, source: fontFile(path) });
  },
};

export default defineConfig({
  root: here("."),
  plugins: [
    sveltekit({
      adapter: adapter({ pages: "build", assets: "build", fallback: "index.html", precompress: true }),
      version: { name: release, pollInterval: 0 },
    }),
    fonts,
  ],
  resolve: { alias: { $contract: here("../core/contract"), $lib: here("./src/lib") } },
  build: {
    target: "es2023",
    chunkSizeWarningLimit: 700,
  },
  server: { fs: { allow: [here("..")] } },
});
