// Each destination is a host of its own, as in life, so that limits of hosts and connections of origins are real ones.

const perByte = 256;

/** The loopback address of a destination. */
export function destinationHost(number: number): string {
  return `127.1.${Math.floor(number / perByte)}.${number % perByte}`;
}

/** Destinations are numbered from 0; the subscriptions of the n-th of some workspaces are n * fanOut and those that follow it. */
export function destinationUrl(receiverPort: number, number: number): string {
  return `http://${destinationHost(number)}:${receiverPort}/${number}`;
}
