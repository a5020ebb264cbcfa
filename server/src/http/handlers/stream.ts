// What happens, as it happens, over HTTP.
import type { streamRoutes } from "@bellhop/contract/stream";
import type { Streams } from "../../show/stream.ts";
import { WithHeaders } from "../handler.ts";
import type { Handlers } from "../handler.ts";

/** A proxy that collects what it passes on would hold events back. */
const headers = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" };

export function streamHandlers({ streams }: { readonly streams: Pick<Streams, "open"> }): Handlers<typeof streamRoutes> {
  return {
    // To the schema the events are one text; to Fastify they are a stream of it.
    stream: async ({ query, caller, header }) =>
      new WithHeaders((await streams.open(query, caller, header("last-event-id"))) as unknown as string, headers),
  };
}
