import WeirCore

/// A prediction server (KServe v2 and v1) whose model adds up the numbers of a row, and refuses a negative one; and a
/// classifier in OpenAI's style that tells glad texts from others, and refuses what is too long.
enum PredictionAnswers {
    static func isOne(_ received: Received) -> Bool {
        received.path.hasSuffix("/infer") || received.path.hasSuffix("/classify")
            || (received.path.hasPrefix("/v1/models/") && received.path.hasSuffix(":predict"))
    }

    static func answer(_ received: Received) -> Reply {
        guard let body = JSONValue(parsing: received.body) else {
            return Reply(400, json: #"{"error":"the body is not JSON"}"#)
        }
        if received.path.hasSuffix("/classify") { return classes(body) }
        let isOlder = received.path.hasSuffix(":predict")
        let rows = isOlder ? instances(body) : tensors(body)
        guard rows.allSatisfy({ $0 >= 0 }) else {
            return Reply(400, json: #"{"error":"a feature is out of its range"}"#)
        }
        let values = rows.map { "\($0)" }.joined(separator: ",")
        if isOlder { return Reply(json: #"{"predictions":[\#(values)]}"#) }
        return Reply(
            json:
                #"{"model_name":"adder","model_version":"3","outputs":[{"name":"sum","datatype":"FP64","shape":[\#(rows.count),1],"data":[\#(values)]}]}"#
        )
    }

    /// Last text first: the order is in the numbers.
    private static func classes(_ body: JSONValue) -> Reply {
        let texts = (body["input"]?.items ?? []).map { $0.text ?? "" }
        guard texts.allSatisfy({ $0.utf8.count < 200 }) else {
            return Reply(
                400, json: #"{"error":{"message":"the input is too long","type":"BadRequestError","code":400}}"#)
        }
        let data = texts.enumerated().reversed().map { index, text in
            let isGlad = text.contains("!")
            return
                #"{"index":\#(index),"label":"\#(isGlad ? "glad" : "other")","probs":[\#(isGlad ? "0.25,0.75" : "0.875,0.125")],"num_classes":2}"#
        }
        let model = body["model"]?.text ?? "moods"
        return Reply(
            json:
                #"{"id":"classify-1","object":"list","created":1,"model":"\#(model)","data":[\#(data.joined(separator: ","))],"usage":{"prompt_tokens":9,"total_tokens":9,"completion_tokens":0}}"#
        )
    }

    private static func tensors(_ body: JSONValue) -> [Double] {
        let columns = (body["inputs"]?.items ?? []).map { ($0["data"]?.items ?? []).map { $0.number ?? 0 } }
        let count = columns.first?.count ?? 0
        return (0..<count).map { row in columns.reduce(0) { $0 + $1[row] } }
    }

    private static func instances(_ body: JSONValue) -> [Double] {
        (body["instances"]?.items ?? []).map { row in
            (row.fields ?? [:]).values.reduce(0) { $0 + ($1.number ?? 0) }
        }
    }
}
