// The body of a notification, byte for byte. Everything outside `data.item` is what `JSON.stringify` gives; the item is
// put in as the text it was published with (already compact), so that its tokens survive in order and spelling.

/** Facts of one body. Times are unix seconds; `appId` is the workspace's code; `item` is compact JSON text. */
export type EnvelopeFields = {
  appId: string;
  item: string;
  /** `notif_` + UUID, or null on a ping. */
  id: string | null;
  topic: string;
  deliveryStatus: "pending" | "retry" | null;
  deliveryAttempts: number;
  firstSentAt: number;
  createdAt: number;
};

const pingItem = '{"type":"ping","message":"something something interzen"}';

/** The body's text; its UTF-8 bytes are what is signed and sent. */
export function envelope(fields: EnvelopeFields): string {
  return (
    `{"type":"notification_event","app_id":${JSON.stringify(fields.appId)}` +
    `,"data":{"type":"notification_event_data","item":${fields.item}},"links":{}` +
    `,"id":${JSON.stringify(fields.id)},"topic":${JSON.stringify(fields.topic)}` +
    `,"delivery_status":${JSON.stringify(fields.deliveryStatus)}` +
    `,"delivery_attempts":${JSON.stringify(fields.deliveryAttempts)},"delivered_at":0` +
    `,"first_sent_at":${JSON.stringify(fields.firstSentAt)},"created_at":${JSON.stringify(fields.createdAt)},"self":null}`
  );
}

/** A ping's body: nothing is retried, so it has neither id nor status. `at` in unix seconds. */
export function pingEnvelope(ping: { appId: string; at: number }): string {
  return envelope({
    appId: ping.appId,
    item: pingItem,
    id: null,
    topic: "ping",
    deliveryStatus: null,
    deliveryAttempts: 1,
    firstSentAt: ping.at,
    createdAt: ping.at,
  });
}
