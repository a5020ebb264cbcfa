// The hub as a person has it before them: the whole program as a process of its own, a real browser that is signed in. What the
// console says and what no page should ask for is gathered, and must be nothing at the end.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildHub } from "../../server/src/hub-build.ts";
import { startInbox } from "../../server/src/inbox/inbox.ts";
import type { Inbox } from "../../server/src/inbox/inbox.ts";
import { testPort } from "../port.ts";
import { Program } from "../program.ts";
import { openBrowser } from "./chromium.ts";

/** Only ends hangs. */
const hangsAfterMs = 15_000;
export const desktop = { width: 1_360, height: 860 };
export const phone = { width: 390, height: 844 };
export const themes = ["light", "dark"] as const;
export type Theme = (typeof themes)[number];

export class Hub {
  readonly program: Program;
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the console said and the page threw. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;

  private constructor(program: Program, browser: Browser, context: BrowserContext, page: Page) {
    this.program = program;
    this.#browser = browser;
    this.context = context;
    this.page = page;
    page.on(
      "console",
      (message) => ["error", "warning"].includes(message.type()) && this.complaints.push(`${message.text()} ${message.location().url}`),
    );
    page.on("pageerror", (error) => this.complaints.push(`thrown: ${error.message}`));
  }

  /** `options` as of the program's command line; none: with the sample. */
  static async open(options: readonly string[] = ["--no-sample"], environment: Record<string, string> = {}): Promise<Hub> {
    const build = await buildHub();
    if (build.state === "failed") throw new Error(`the hub could not be built: ${build.why}`);
    const program = new Program(await testPort(), environment);
    await program.start(options);
    const browser = await openBrowser();
    const context = await browser.newContext({
      locale: "en-US",
      reducedMotion: "reduce",
      timezoneId: "UTC",
      viewport: desktop,
      baseURL: program.url,
    });
    context.setDefaultTimeout(hangsAfterMs);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const hub = new Hub(program, browser, context, await context.newPage());
    await hub.signIn();
    return hub;
  }

  async signIn(): Promise<void> {
    const { url } = await this.program.must<{ url: string }>("POST", "/v1/sign-in-links");
    await this.page.goto(url);
    await this.page.waitForURL("**/apps");
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.program.remove();
  }

  /** Opens a page of the hub and waits for its heading. */
  async go(path: string, heading?: string | RegExp): Promise<void> {
    await this.page.goto(path);
    const named = { level: 1, includeHidden: true, ...(heading === undefined ? {} : { name: heading }) };
    await this.page.getByRole("heading", named).first().waitFor();
  }

  async useTheme(theme: Theme): Promise<void> {
    await this.page.evaluate(`localStorage.setItem("bellhop-theme", "${theme}"); document.documentElement.dataset.theme = "${theme}"`);
  }

  /** Fails with what axe found wrong, in either theme. `content`: text that must be there, since an empty page has no faults. */
  async checkAccessibility(content: string | RegExp): Promise<void> {
    for (const theme of themes) {
      await this.useTheme(theme);
      await this.page.locator("main, [role=dialog]").getByText(content).filter({ visible: true }).first().waitFor();
      const { violations } = await new AxeBuilder({ page: this.page }).analyze();
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${theme} ${id} ${target.join(" ")}: ${failureSummary}`),
      );
      assert.deepEqual(found, [], `axe on ${this.page.url()}`);
    }
    await this.useTheme("light");
  }

  /** A picture of the page as it is, for whoever wants to look: only with HUB_PICTURES=<folder>. */
  async picture(name: string): Promise<void> {
    const folder = process.env["HUB_PICTURES"];
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    for (const theme of themes) {
      await this.useTheme(theme);
      await this.page.screenshot({ path: join(folder, `${name}-${theme}.png`), animations: "disabled" });
    }
    await this.useTheme("light");
  }

  /** What the console said that was not announced. An answer of 4xx, which a test brings about, is said there too. */
  checkConsole(...expected: RegExp[]): void {
    assert.deepEqual(
      this.complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint))),
      [],
    );
  }
}

/** One program and one browser for all tests of a file. */
export function useHub(options?: readonly string[], environment?: Record<string, string>): { readonly now: Hub } {
  let hub: Hub | null = null;
  before(async () => {
    hub = await Hub.open(options, environment);
  });
  after(async () => hub?.close());
  return {
    get now(): Hub {
      assert.ok(hub);
      return hub;
    },
  };
}

/** A receiver of the test's own. */
export async function openInbox(secrets: () => readonly string[]): Promise<Inbox> {
  return startInbox({ secrets, port: await testPort() });
}
