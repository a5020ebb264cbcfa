#!/bin/sh
# Made these certificates once, with OpenSSL 3. They are valid from 2020 for a hundred years, except the one that has
# expired and the one that is not valid yet, and their keys are as public as this folder: they certify nothing. Run it inside the folder to make them anew.
set -eu
names="DNS:localhost,DNS:example.com,DNS:*.example.com,DNS:*.example.net,IP:127.0.0.1,IP:::1,IP:8.8.8.8"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/ca.cnf" <<CONF
[ca]
default_ca=here
[here]
database=$work/index
new_certs_dir=$work
rand_serial=yes
default_md=sha256
policy=any
[any]
commonName=supplied
CONF
: > "$work/index"
request() { # file, common name
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1-key.pem" -out "$work/$1.csr" -subj "/CN=$2"
}
sign() { # file, first day, last day, extensions, further options
  printf '%s\n' "$4" > "$work/$1.ext"
  file=$1 from=$2 until=$3
  shift 4
  openssl ca -batch -notext -config "$work/ca.cnf" -in "$work/$file.csr" -out "$file.pem" -startdate "${from}000000Z" -enddate "${until}000000Z" -extfile "$work/$file.ext" "$@"
}
server="subjectAltName=$names"
request authority "Hostile test authority"
sign authority 20200101 21200101 "basicConstraints=critical,CA:TRUE" -selfsign -keyfile authority-key.pem
issue() { # file, first day, last day, extensions
  request "$1" "$1"
  sign "$@" -cert authority.pem -keyfile authority-key.pem
}
issue good 20200101 21200101 "$server"
issue expired 20200101 20200201 "$server"
issue not-yet-valid 20900101 21200101 "$server"
issue wrong-name 20200101 21200101 "subjectAltName=DNS:elsewhere.invalid"
request self-signed localhost
sign self-signed 20200101 21200101 "$server" -selfsign -keyfile self-signed-key.pem
request stranger "An authority that nobody trusts"
sign stranger 20200101 21200101 "basicConstraints=critical,CA:TRUE" -selfsign -keyfile stranger-key.pem
request unknown-issuer unknown-issuer
sign unknown-issuer 20200101 21200101 "$server" -cert stranger.pem -keyfile stranger-key.pem
rm authority-key.pem stranger-key.pem stranger.pem
