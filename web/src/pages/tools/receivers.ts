// Receivers to copy, each a whole program. They are text files, so that a test can run them.
import express from "./receivers/express.txt?raw";
import fastify from "./receivers/fastify.txt?raw";
import go from "./receivers/go.txt?raw";
import hono from "./receivers/hono.txt?raw";
import next from "./receivers/next.txt?raw";
import php from "./receivers/php.txt?raw";
import python from "./receivers/python.txt?raw";
import ruby from "./receivers/ruby.txt?raw";

export type Receiver = {
  /** In the URL. */
  readonly id: string;
  readonly name: string;
  readonly file: string;
  /** What installs and runs it. */
  readonly run: string;
  readonly code: string;
};

const secret = "BELLHOP_CLIENT_SECRET='…'";

export const receivers: readonly [Receiver, ...Receiver[]] = [
  { id: "express", name: "Express", file: "receiver.mjs", run: `npm install express\n${secret} node receiver.mjs`, code: express },
  { id: "fastify", name: "Fastify", file: "receiver.mjs", run: `npm install fastify\n${secret} node receiver.mjs`, code: fastify },
  { id: "hono", name: "Hono", file: "receiver.mjs", run: `npm install hono @hono/node-server\n${secret} node receiver.mjs`, code: hono },
  { id: "next", name: "Next.js", file: "app/webhooks/route.js", run: `${secret} npx next dev`, code: next },
  { id: "python", name: "Python", file: "receiver.py", run: `pip install flask\n${secret} python3 receiver.py`, code: python },
  { id: "go", name: "Go", file: "main.go", run: `${secret} go run main.go`, code: go },
  { id: "ruby", name: "Ruby", file: "receiver.rb", run: `gem install sinatra rackup puma\n${secret} ruby receiver.rb`, code: ruby },
  { id: "php", name: "PHP", file: "webhooks.php", run: `${secret} php -S 127.0.0.1:3000 webhooks.php`, code: php },
];
