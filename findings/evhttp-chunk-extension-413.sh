#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# libevent's evhttp answers 413 to a chunked request whose chunk has an
# extension.
#
# Expected: RFC 9112, section 7.1.1, lets a client put ";name=value" behind
# the size of a chunk, and a server must pass over extensions that it does not
# know. Seen: evhttp reads "5;x=y" as no number and says "413 Request Entity
# Too Large" to a body of five octets. The same body without the extension is
# taken. Hit: a service on evhttp behind a proxy or a gateway that marks its
# chunks; its operator looks for a size limit that is not there.
#
# Seen with libevent 2.1.12-stable-8 and -8+deb12u1 (Debian 12):
#   plain chunk: HTTP/1.1 200 OK, 5 octets
#   with an extension: HTTP/1.1 413 Request Entity Too Large
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
version=2.1.12-stable-8
apt-get -qq -o APT::Sandbox::User=root download "libevent-dev=$version" "libevent-2.1-7=$version" \
    "libevent-core-2.1-7=$version" "libevent-extra-2.1-7=$version" >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
lib=$(dirname "$(find "$dir/root" -name 'libevent-2.1.so.7' | head -n 1)")

cat >server.c <<'END'
#include <stdio.h>
#include <netinet/in.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

static void
answer(struct evhttp_request *request, void *arg)
{
	struct evbuffer *out = evbuffer_new();

	(void)arg;
	evbuffer_add_printf(out, "%zu octets", evbuffer_get_length(
	    evhttp_request_get_input_buffer(request)));
	evhttp_send_reply(request, 200, "OK", out);
	evbuffer_free(out);
}

int
main(void)
{
	struct event_base *base = event_base_new();
	struct evhttp *http = evhttp_new(base);
	struct evhttp_bound_socket *bound =
	    evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
	struct sockaddr_in at;
	socklen_t size = sizeof(at);

	evhttp_set_gencb(http, answer, NULL);
	getsockname(evhttp_bound_socket_get_fd(bound),
	    (struct sockaddr *)&at, &size);
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	return event_base_dispatch(base);
}
END
gcc -w -I root/usr/include server.c -o server "$lib"/libevent-2.1.so.7 \
    -Wl,-rpath,"$lib"
exec 4< <(LD_LIBRARY_PATH=$lib exec timeout 20 ./server)
server=$!
read -r port <&4

ask() {
	printf 'POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\nhello\r\n0\r\n\r\n' "$1" >request
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	cat request >&3	# in one piece
	tr -d '\r' <&3 | sed -n '1p;$p' | paste -sd ' ' | sed 's| <.*||'
	exec 3>&-
}
plain=$(ask 5)
extended=$(ask '5;x=y')
echo "libevent $version"
echo "plain chunk: $plain"
echo "with an extension: $extended"
case $plain in 'HTTP/1.1 200 OK'*'5 octets') ;; *) exit 1 ;; esac
case $extended in 'HTTP/1.1 413 '*) ;; *) exit 1 ;; esac
echo "still so"
