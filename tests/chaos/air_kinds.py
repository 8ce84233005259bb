# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes from the air, or from a modem's whims: refusals that pass,
reports that come twice or too early, restarts, odd texts, questions."""

# Answers to AT+CMGS that a SIM without credit, a network or a modem in a bad
# mood gives to everybody, and takes back: permanent by their name or not.
REFUSALS = ["cms=1", "cms=3", "cms=10", "cms=17", "cms=21", "cms=27", "cms=30",
            "cms=38", "cms=41", "cms=50", "cms=96", "cms=127", "cms=128",
            "cms=195", "cms=196", "cms=304", "cms=331", "cms=500", "cms=512",
            "cme=30", "error"]
PASSING = ["cms=27", "cms=38", "cms=41", "cms=42", "cms=47"]
WORDS = ["TC", "tc ", "TC" + " " * 170, "Tra cuu", "TG"]
# Nobody answers these senders.
ADVERTS = [("VIETTEL", "TC"), ("1414", "TC"), ("+842713000000", "DUNG"),
           ("MobiFone", "Quy khach con 1.000d " * 12)]


def refuse_everybody(world, rng):
    modem = rng.choice(world.modem_names())
    if modem in world.refusing:
        return None
    word = rng.choice(REFUSALS)
    world.refusing.add(modem)
    # CMS and CME numbers are read by one table.
    world.refused.add((modem, word.replace("=", "_").replace("cme", "cms")))
    world.sim(f"fail {modem} {word} forever")

    def undo():
        world.sim(f"fail {modem} clear")
        world.refusing.discard(modem)
    return rng.uniform(0.3, 2.5), undo


def refuse_number(world, rng):
    """One phone is out of reach for a moment."""
    phone = rng.choice(world.phones)
    world.sim(f"fail {rng.choice(world.modem_names())} to={phone} "
              f"{rng.choice(PASSING)}")
    return 0, None


def odd_reports(world, rng):
    """For a while: each twice, or late."""
    if world.has_odd_reports:
        return None
    world.has_odd_reports = True
    world.sim("report mode=" + rng.choice(("twice", "late 400", "late 1500")))
    world.set_phones()

    def undo():
        world.sim("report mode=now")
        world.set_phones()
        world.has_odd_reports = False
    return rng.uniform(0.5, 2), undo


def restart_modem(world, rng):
    """By itself, its port stays: its settings are as after power on."""
    try:
        world.sim("restart " + rng.choice(world.modem_names()))
    except AssertionError:
        return None     # unplugged
    return 0, None


def odd_pdu(rng):
    """A stored message that nobody may be able to read: any alphabet, any
    kind of sender, any length; sometimes cut, sometimes no text at all."""
    n = rng.randrange(0, 161)
    tpdu = [rng.choice((0x04, 0x04, 0x44, 0x24, 0x01, 0x11, 0x02, 0x03)),
            rng.choice((0, 10, 11, 12, 21)),
            rng.choice((0x91, 0x81, 0xd0, 0x00, 0x21, 0x7f, 0xff)),
            *rng.choices(range(256), k=6), 0, rng.randrange(256),
            0x62, 0x11, 0x72, 0x80, 0, 0, 0x82, n,
            *rng.choices(range(256), k=n)]
    if rng.random() < 0.2:
        tpdu = tpdu[:rng.randrange(1, len(tpdu))]
    return "00" + bytes(tpdu).hex().upper()


def stored_text(world, rng):
    """In the modem's memory, announced or not."""
    tell = rng.choice(("", " tell=1"))
    try:
        world.sim(f"store {rng.choice(world.modem_names())} {odd_pdu(rng)}"
                  + tell)
    except AssertionError:
        return None     # its memory is full
    return 0, None


def odd_text(world, rng):
    modem = rng.choice(world.modem_names())
    sender, text = rng.choice(ADVERTS)
    world.sim(f"sms {modem} {sender} '{text}'")
    return 0, None


def question(world, rng):
    """Each citizen asks once, by a text that may come in parts."""
    if not world.askers:
        return None
    phone = world.askers.pop()
    text = rng.choice(WORDS)
    order = rng.choice(("", " parts=reversed"))
    world.sim(f"sms {rng.choice(world.modem_names())} {phone} '{text}'{order}")
    world.asked.add(phone)
    return 0, None


def stop(world, rng):
    """DUNG, and from some of them LAI a moment later."""
    if not world.stoppers:
        return None
    phone = world.stoppers.pop()
    modem = rng.choice(world.modem_names())
    world.sim(f"sms {modem} {phone} DUNG")
    world.stopped.add(phone)
    if rng.random() < 0.5:
        return 0, None

    def undo():
        world.sim(f"sms {modem} {phone} LAI")
        world.resumed.add(phone)
    return rng.uniform(0.3, 2), undo


def call(world, rng):
    """A missed call; answered when somebody heard it ring."""
    if not world.callers:
        return None
    phone = world.callers[-1]
    try:
        world.sim(f"call {rng.choice(world.modem_names())} {phone} rings=2 "
                  "every=200")
    except AssertionError:
        return None     # busy or off the network
    world.callers.pop()
    world.called.add(phone)
    return 0, None
