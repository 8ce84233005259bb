# SPDX-License-Identifier: GPL-2.0-or-later
# The stream of receipts in redis-cli's raw form: per entry its id and then
# 11 names and values, a line each. mode "open": how many messages may still
# move; "table": the last receipt of each event, in order.
(NR - 1) % 23 == 0 {
	next
}
(NR - 1) % 23 % 2 == 1 {
	name = $0
	next
}
{
	r[name] = $0
}
(NR - 1) % 23 == 22 {
	id = r["event"] != "" ? r["event"] : r["message"]
	if (!(id in seen)) {
		seen[id] = 1
		order[++n] = id
	}
	state[id] = r["state"]
	text[id] = sprintf("  %-24s %-10s %-13s %-12s %-14s %-10s %8s %8s",
	    r["dossier"], r["status"], r["phone"], r["state"],
	    r["reason"] == "" ? "-" : r["reason"],
	    r["modem"] == "" ? "-" : r["modem"], r["segments"], r["attempt"])
}
END {
	if (mode == "open") {
		for (i = 1; i <= n; i++)
			if (state[order[i]] ~ /^(queued|sending|sent|unknown)$/)
				open++
		print open + 0
		exit
	}
	printf "  %-24s %-10s %-13s %-12s %-14s %-10s %8s %8s\n", "dossier",
	    "status", "phone", "state", "reason", "modem", "segments",
	    "attempt"
	for (i = 1; i <= n; i++)
		print text[order[i]]
}
