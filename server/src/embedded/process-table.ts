/**
 * What the operating system says about a process that is not our child. A process id alone proves nothing, ids are reused:
 * within minutes in a container, and for certain after a reboot. So a process is known by its id and its birth.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A string that no other process with this id ever has; null when the process is dead or a zombie. */
export function birthOf(pid: number): string | null {
  if (process.platform !== "linux") {
    const [state = "", ...started] = ps(pid, "stat=,lstart=").split(/\s+/);
    return state === "" || state.startsWith("Z") ? null : started.join("-").replaceAll(":", "");
  }
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The command name, in parentheses, may itself contain blanks and parentheses. After it: the state, 18 numbers, the start.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (stat === "" || fields[0] === "Z" || fields[0] === "X") return null;
  return `${fields[19]}-${readIfThere("/proc/sys/kernel/random/boot_id").slice(0, 8)}`;
}

/** Its arguments, joined by blanks. */
export function commandLineOf(pid: number): string {
  return process.platform === "linux" ? readIfThere(`/proc/${pid}/cmdline`).replaceAll("\0", " ") : ps(pid, "args=");
}

function ps(pid: number, format: string): string {
  const env = { LC_ALL: "C", PATH: "/usr/bin:/bin" };
  return spawnSync("ps", ["-ww", "-o", format, "-p", String(pid)], { env, encoding: "utf8" }).stdout.trim();
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the process is gone
  }
}
