-- Runs calls: a single one, or several that were asked for together. This file
-- comes after all that they share.
--
-- uses: guard answers

-- Reads one call: its name and its arguments; or a sentence that says which
-- argument is not as calls.def has it.
local function read_call(name)
	local args = READ[name]()
	local wrong = fault and 'BADARGS ' .. name .. ': ' .. fault
	fault = nil
	return {name = name, args = args, wrong = wrong}
end

local function begin(words)
	if not server then
		find_server()
	end
	input, at, fault = words, 1, nil
	prefix, gateway = take.word('prefix') .. ':', take.word('gateway')
	retention_ms = take.number('retention_ms')
	unknown_wait_ms = take.number('unknown_wait_ms')
	remind_after_ms = take.number('remind_after_ms')
	dossiers_ms = take.number('dossiers_ms')
	zone_ms = take.number('zone_ms')
	looked_at = {}
end

-- Why these calls may not write now; nil when they may.
local function why_not(list)
	local stream
	local is_proven = {}	-- a batch has the same functions many times
	for _, call in ipairs(list) do
		local reach = REACH[call.name]
		local refusal = not is_proven[reach] and
		    (missing_right(reach.commands) or
		    bad_fixed_key(reach.fixed))
		if refusal then
			return refusal
		end
		is_proven[reach] = true
		stream = stream or call.args.stream
	end
	return bad_own_key(stream)
end

-- Returns true and what the function answered; or false and an error.
local function run_call(call)
	if call.wrong then
		return false, call.wrong
	end
	states, misplaced, refused, closed = {}, {}, {}, {}
	local is_well, reply = pcall(calls[call.name], call.args)
	save()
	return is_well, reply
end

local function read_clock()
	local time = server.call('TIME')
	now = time[1] * 1000 + math.floor(time[2] / 1000)
	now_text = string.format('%.0f', now)
	oldest = string.format('%.0f', now - retention_ms)
	of_run = {}
end

-- Runs one function. words: CALL_COMMON, then the function's arguments.
local function run(words, name)
	begin(words)
	local call = read_call(name)
	if not call.wrong and at <= #words then
		call.wrong = 'BADARGS ' .. name ..
		    ': there are more words than arguments'
	end
	is_writing = REACH[name] ~= nil
	local refusal = call.wrong or is_writing and why_not({call})
	if refusal then
		return server.error_reply(refusal)
	end
	read_clock()
	local is_well, reply = run_call(call)
	delete_left()
	if not is_well then
		error(reply)
	end
	return reply
end

local function error_text(reply)
	return type(reply) == 'table' and reply.err or tostring(reply)
end

-- Runs several functions one after the other, each as if it was called alone.
-- words: CALL_COMMON, then for each its name and arguments. Answers for each
-- its answer, or "!" and its error.
local function run_all(words)
	begin(words)
	local list, answers = {}, {}
	while at <= #words do
		local name = take.word('name')
		if not REACH[name] or not READ[name] then
			return server.error_reply('BADARGS batch: ' .. name)
		end
		list[#list + 1] = read_call(name)
	end
	is_writing = true
	local refusal = why_not(list)
	if refusal then
		return server.error_reply(refusal)
	end
	read_clock()
	for i, call in ipairs(list) do
		local is_well, reply = run_call(call)
		is_well = is_well and type(reply) == 'string'
		answers[i] = is_well and reply or '!' .. error_text(reply)
	end
	delete_left()
	return answers
end
