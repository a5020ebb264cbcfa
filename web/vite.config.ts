// Builds the Developer Hub to dist/, which the server serves. What the browser needs of the contract's routes is a method and
// a path each: the virtual module gives just that, so that no schema library is loaded.
import { createRequire } from "node:module";
import tailwind from "@tailwindcss/vite";
import { defineConfig } from "vite";
import type { Plugin } from "vite";
import type { Route } from "@bellhop/contract/route";
import { routes } from "@bellhop/contract/routes";

const apiOfDevelopment = "http://127.0.0.1:4100";

/** Libraries say "use client" for servers that draw; there is none. */
function onwarn(warning: { code?: string | undefined; message?: string }, warn: (message: string) => void): void {
  if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning.message ?? String(warning.code));
}

function routeList(): Plugin {
  const name = "virtual:bellhop-routes";
  const list = Object.fromEntries(Object.entries(routes as Record<string, Route>).map(([id, { method, path }]) => [id, [method, path]]));
  return {
    name: "bellhop-routes",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? `export const routeList = ${JSON.stringify(list)};` : null),
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [tailwind(), routeList()],
  define: { __VERSION__: JSON.stringify((createRequire(import.meta.url)("./package.json") as { version: string }).version) },
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: { onwarn },
  },
  server: { proxy: Object.fromEntries(["/v1", "/openapi.json", "/ip-ranges", "/readyz"].map((path) => [path, apiOfDevelopment])) },
});
