import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Topic } from "@bellhop/contract/catalogue";
import { topicViews } from "./catalogue-view.ts";
import { readCatalogue } from "./catalogue.ts";
import type { Catalogue } from "./catalogue.ts";
import { itemForVersion, olderSteps } from "./older-item.ts";

type Json = Record<string, unknown>;

const root = new URL("../../../", import.meta.url);
const parsed = (path: string) => JSON.parse(readFileSync(new URL(path, root), "utf8"));

function builtIn(name: string): Catalogue {
  const read = readCatalogue(parsed(`catalogue/${name}.json`));
  assert(read.ok, JSON.stringify(read, null, 1));
  return read.catalogue;
}

const catalogue = builtIn("intercom");

function topicNamed(name: string): Topic {
  const topic = catalogue.topicNamed(name);
  assert(topic, name);
  return topic;
}

const sampleOf = (name: string): Json => topicNamed(name).sample ?? {};
const inVersion = (name: string, version: string): Json =>
  JSON.parse(itemForVersion(JSON.stringify(sampleOf(name)), topicNamed(name), version, catalogue));

const has = (name: string, fields: string, item = sampleOf(name)) =>
  assert.deepEqual(
    fields.split(" ").filter((field) => !Object.hasOwn(item, field)),
    [],
    name,
  );

test("the built-in catalogues pass the rules that an operator's must pass", () => {
  assert.equal(catalogue.topics.length, 112);
  assert.equal(catalogue.versions.length, 24);
  assert.deepEqual(
    builtIn("empty").topics.map((topic) => topic.name),
    ["ping"],
  );
});

test("every topic has a sample of its item's type", () => {
  for (const { name, item_type, sample } of catalogue.topics) {
    assert(sample, name);
    assert(Object.keys(sample).length > 0, name);
    assert.equal(sample.type ?? null, item_type, name);
  }
});

test("samples have the fields that receivers read", () => {
  has(
    "contact.user.created",
    "id workspace_id external_id role email phone name owner_id social_profiles created_at updated_at signed_up_at last_seen_at location android_app_name ios_sdk_version custom_attributes tags notes companies opted_out_subscription_types utm_campaign referrer sms_consent enabled_push_messaging",
  );
  has("contact.deleted", "id external_id deleted");
  has("contact.unsubscribed", "contact subscription_types created_at");
  has("contact.user.tag.created", "tag contact");
  has(
    "company.created",
    "id name app_id plan company_id remote_created_at created_at updated_at last_request_at size website industry monthly_spend session_count user_count custom_attributes tag_ids",
  );
  has("company.contact.attached", "company contact");
  has(
    "conversation.admin.replied",
    "id created_at updated_at waiting_since snoozed_until source contacts first_contact_reply admin_assignee_id team_assignee_id open state read tags priority sla_applied statistics conversation_rating teammates title custom_attributes topics ticket linked_objects ai_agent ai_agent_participated company conversation_parts",
  );
  has("conversation.deleted", "conversation_id");
  has(
    "ticket.admin.assigned",
    "id ticket_id ticket_attributes ticket_state ticket_type contacts admin_assignee_id team_assignee_id created_at updated_at ticket_parts open snoozed_until linked_objects category is_shared company_id channel",
  );
  has("ticket.contact.attached", "ticket contact");
  has(
    "article.published",
    "id workspace_id parent_id parent_type parent_ids statistics tags content_id title description body body_markdown author_id state created_at updated_at url",
  );
  has("admin.logged_in", "id name email job_title away_mode_enabled away_mode_reassign away_status_reason has_inbox_seat team_ids avatar");
  has("visitor.signed_up", "id user_id anonymous email companies location_data segments session_count user_agent_data");
  has("event.created", "event_name id user_id email metadata created_at");
});

test("the sample of ticket.created has every field of the known notification", () => {
  has("ticket.created", Object.keys(parsed("cases/seed-notification.json").data.item).join(" "));
});

test("the sample of a ping is the ping itself", () => {
  assert.deepEqual(sampleOf("ping"), { type: "ping", message: "something something interzen" });
});

test("dates are text where receivers meet text, and unix seconds where they meet those", () => {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\+00:00|Z)$/;
  for (const { name, item_type, sample } of catalogue.topics) {
    const at = sample?.created_at;
    if (at === undefined) continue;
    const isText = /^(contact|company|user|article|content_stat\..*)$/.test(item_type ?? "");
    if (isText) assert.match(at as string, iso, name);
    else assert(Number.isSafeInteger(at), name);
  }
});

test("samples name nobody real: every address and host is reserved for examples", () => {
  const text = JSON.stringify(catalogue.document);
  for (const [address] of text.matchAll(/[\w.+-]+@[\w.-]+|https?:\/\/[\w.-]+/g)) {
    assert.match(address, /(\.example|@example\.com|@example\.org)$/);
  }
});

test("each topic with older shapes gives an object in every version that offers it", () => {
  const topics = catalogue.topics.filter((topic) => topic.to_older !== undefined);
  assert.equal(topics.length, 7);
  for (const topic of topics) {
    for (const version of catalogue.versions.filter((v) => catalogue.nameIn(topic, v) !== null)) {
      const item = inVersion(topic.name, version);
      const changed = olderSteps(topic, version, catalogue).length > 0;
      assert.equal(JSON.stringify(item) !== JSON.stringify(topic.sample), changed, `${topic.name} in ${version}`);
    }
  }
});

test("a closed ticket is wrapped from 2.15 on and bare before", () => {
  assert.deepEqual(Object.keys(inVersion("ticket.closed", "2.15")), ["type", "ticket"]);
  has("ticket.closed", "type ticket_id ticket_state", inVersion("ticket.closed", "2.14"));
});

test("an unsubscribed contact is bare before 2.7, and a user before 2.5", () => {
  assert.equal(inVersion("contact.unsubscribed", "2.7").type, "contact_unsubscribe");
  assert.equal(inVersion("contact.unsubscribed", "2.6").type, "contact");
  assert.equal(inVersion("contact.unsubscribed", "1.4").type, "user");
  assert.equal(catalogue.nameIn(topicNamed("contact.unsubscribed"), "1.4"), "user.unsubscribed");
});

test("each version lists its own topics under its own names", () => {
  const names = (version: string) => topicViews(catalogue, version).map((view) => view.name);
  assert(names("2.5").includes("contact.archive"));
  assert(names("2.6").includes("contact.archived"));
  assert(names("1.0").includes("user.created"));
  assert.equal(new Set(names("1.0")).size, 27);
  assert.equal(names("preview").length, 112);
});
