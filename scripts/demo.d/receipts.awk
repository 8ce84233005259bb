# SPDX-License-Identifier: GPL-2.0-or-later
# The stream of receipts in redis-cli's raw form: per entry its id and then
# 11 names and values, a line each. mode "open": how many messages may still
# move; "table": what became of each event, in words, in order.
function words(    said) {
	if (r["state"] == "delivered")
		said = "her telephone has the text (sent by " r["modem"] ")"
	else if (r["reason"] == "duplicate")
		said = "no text: this event was told before"
	else
		said = r["state"] " " r["reason"]
	return said
}
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
	if (!(id in state))
		order[++n] = id
	state[id] = r["state"]
	text[id] = sprintf("  %-18s  %-9s %s",
	    r["dossier"] == "" ? "an answer" : r["dossier"], r["status"],
	    words())
}
END {
	if (mode == "open") {
		for (i = 1; i <= n; i++)
			if (state[order[i]] ~ /^(queued|sending|sent|unknown)$/)
				open++
		print open + 0
		exit
	}
	for (i = 1; i <= n; i++)
		print text[order[i]]
}
