// A real browser that comes as a package: nothing to install, nothing to fetch. Where the package has none for the machine,
// CHROME_PATH names one.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { Browser, LaunchOptions } from "playwright-core";

const modules = join(import.meta.dirname, "../../node_modules");
/** Also what makes a picture the same on every machine. */
const flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none", "--hide-scrollbars"];

export async function openBrowser(): Promise<Browser> {
  const given = process.env["CHROME_PATH"];
  if (given) return chromium.launch({ executablePath: given, args: flags });
  const folder = unpacked();
  const fonts = { FONTCONFIG_FILE: join(folder, "fonts/ours.conf"), HOME: folder };
  const options = (env: Record<string, string>): LaunchOptions => ({
    executablePath: join(folder, "chromium"),
    args: flags,
    env: { ...process.env, ...fonts, ...env },
  });
  // A machine that never had a browser lacks some libraries; the package brings those too.
  return chromium.launch(options({})).catch(() => chromium.launch(options({ LD_LIBRARY_PATH: join(folder, "al2023/lib") })));
}

/** The package's own names places that a machine need not have, and without any font the browser ends itself. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir>~/.cache/fontconfig</cachedir>
</fontconfig>
`;

/** Its folder, by version. It is made aside and renamed, since tests of several processes may want it at once. */
function unpacked(): string {
  const { version } = JSON.parse(readFileSync(join(modules, "@sparticuz/chromium/package.json"), "utf8")) as { version: string };
  const folder = join(modules, ".cache", `browser-${version}`);
  if (existsSync(folder)) return folder;
  const aside = `${folder}-${process.pid}`;
  mkdirSync(aside, { recursive: true });
  const env = { ...process.env, TMPDIR: aside, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" };
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, "chromium-unpack.mjs")], { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`Chromium could not be unpacked: ${stderr}`);
  writeFileSync(join(aside, "fonts/ours.conf"), fontsConf);
  try {
    renameSync(aside, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(aside, { recursive: true });
  }
  return folder;
}
