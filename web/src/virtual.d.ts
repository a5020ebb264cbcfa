declare module "virtual:bellhop-routes" {
  export const routeList: Record<string, readonly [method: string, path: string]>;
}
declare const __VERSION__: string;
