// One event, and the notifications it made: the ids that follow its own.
import { fanOutMax, notificationId } from "../domain/id.ts";
import type { EventFacts } from "./notification-detail.ts";
import type { NotificationRow } from "./notification-list.ts";
import { one, rows, sql } from "./sql.ts";
import type { Connection } from "./sql.ts";

export type EventDetailRow = EventFacts & { workspace: number; notified: number; skipped: string | null };

export function eventById(on: Connection, id: string): Promise<EventDetailRow | undefined> {
  return one<EventDetailRow>(
    on,
    sql`select workspace, topic, item, created_at, object_id, ordering_key, traceparent, notified, skipped
        from event where id = ${id}::uuid`,
  );
}

export function notificationsOf(on: Connection, event: string, count: number): Promise<NotificationRow[]> {
  return rows<NotificationRow>(
    on,
    sql`select id, event, subscription, app, workspace, topic from notification
        where id > ${event}::uuid and id <= ${notificationId(event, fanOutMax)}::uuid order by id limit ${count}`,
  );
}
