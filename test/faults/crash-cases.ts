// How each point is reached, and what is particular to it afterwards, by theme; each theme has a test file of its name. What
// holds after every kill is in crash-promises.ts.
import type { CrashCase } from "./crash-case.ts";
import { controlCases } from "./crash-cases-control.ts";
import { deliveryCases } from "./crash-cases-delivery.ts";
import { processCases } from "./crash-cases-process.ts";
import { stateCases } from "./crash-cases-states.ts";
import type { CrashPoint } from "./crash-points.ts";

export const crashThemes = { delivery: deliveryCases, states: stateCases, control: controlCases, process: processCases };

export type CrashTheme = keyof typeof crashThemes;

export const crashCases: Readonly<Record<CrashPoint, CrashCase>> = { ...deliveryCases, ...stateCases, ...controlCases, ...processCases };
