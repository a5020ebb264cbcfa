// The networks that the address guard knows by name. IPv4 is open except for what stands here; IPv6 is closed except for
// global unicast, minus what stands here. Taken from the IANA special-purpose registries, plus multicast and the addresses
// at which clouds serve credentials to whoever asks.

/** Never a receiver: special-purpose, private, documentation, multicast, reserved. */
export const ipv4Refused = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  // Looks public and is in no registry, but reaches the host agent of a large cloud.
  "168.63.129.16/32",
] as const;

/** The only part of IPv6 in which a public host can live. Everything else is refused without being named. */
export const ipv6Global = ["2000::/3"] as const;

/** Inside global unicast, and still never a receiver: protocol assignments, Teredo, documentation, 6to4, AS112. */
export const ipv6Refused = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"] as const;

/** Where clouds hand out credentials. Refused whatever an operator allows. */
export const metadata = [
  "169.254.0.0/16",
  "fe80::/10",
  "100.100.100.200/32",
  "168.63.129.16/32",
  "192.0.0.192/32",
  "fd00:ec2::/32",
  "fd20:ce::254/128",
] as const;

/**
 * IPv6 spellings that carry an IPv4 address inside (mapped, compatible, translated, NAT64, Teredo, 6to4): allowing such a
 * network must not open what the inner address closes. Of the first one only loopback can be opened.
 */
export const carriesIpv4 = ["::/8", "2001::/32", "2002::/16"] as const;

/** What DNS64 answers for a host that only has an IPv4 address. */
export const nat64 = ["64:ff9b::/96"] as const;

export const ipv4Loopback = ["127.0.0.0/8"] as const;
export const ipv6Loopback = ["::1/128"] as const;

/** Ports on which other protocols listen that could be driven by the text of an HTTP request (the Fetch standard's list). */
export const portsBlocked: readonly number[] = [
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115, 117,
  119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
  989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
];

/** Names, with everything below them, that never lead to a host on the internet. */
export const namesRefused = ["localhost", "local", "internal", "test", "invalid", "example", "onion", "alt", "home.arpa", "arpa"] as const;
