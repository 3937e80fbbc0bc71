//! The schema of the answer: the parts of the triage document a model writes, in the order of the panes.
//!
//! It keeps to what every constrained decoder takes: everything required, no additional properties, enumerations, no
//! lengths, patterns or null. A model leaves a text empty, a list empty or a line 0 where it has nothing to say. Order
//! matters, because constrained decoders emit keys in the order of the schema; so this is a text, not a map.

/// Name of the schema on the wire.
pub const NAME: &str = "triage";

macro_rules! quote {
    () => {
        concat!(
            r#"{"type":"object","additionalProperties":false,"required":["quote","source","line"],"properties":{"#,
            r#""quote":{"type":"string"},"source":{"type":"string"},"line":{"type":"integer"}}}"#,
        )
    };
}

/// Schema of the document in [`crate::incident::triage`], without what only sevdeck itself can know.
pub const TRIAGE: &str = concat!(
    r#"{"type":"object","additionalProperties":false,"required":["title","service","severity","summary","hypotheses","#,
    r#""checklist","mitigations","customer_impact","timeline","contradictions","missing","follow_ups","postmortem"],"#,
    r#""properties":{"title":{"type":"string"},"service":{"type":"string"},"#,
    r#""severity":{"type":"object","additionalProperties":false,"required":["level","reasoning"],"properties":{"#,
    r#""level":{"type":"string","enum":["SEV1","SEV2","SEV3","SEV4"]},"reasoning":{"type":"string"}}},"#,
    r#""summary":{"type":"string"},"#,
    r#""hypotheses":{"type":"array","items":{"type":"object","additionalProperties":false,"#,
    r#""required":["id","confidence","cause","evidence","against","status","next_check"],"properties":{"#,
    r#""id":{"type":"string"},"confidence":{"type":"string","enum":["high","medium","low"]},"#,
    r#""cause":{"type":"string"},"evidence":{"type":"array","items":"#,
    quote!(),
    r#"},"against":{"type":"array","items":"#,
    quote!(),
    r#"},"status":{"type":"string","enum":["open","confirmed","ruled_out"]},"next_check":{"type":"string"}}}},"#,
    r#""checklist":{"type":"array","items":{"type":"object","additionalProperties":false,"#,
    r#""required":["id","step","command","expected","effect","decides"],"properties":{"id":{"type":"string"},"#,
    r#""step":{"type":"string"},"command":{"type":"string"},"expected":{"type":"string"},"#,
    r#""effect":{"type":"string","enum":["reads","changes"]},"#,
    r#""decides":{"type":"array","items":{"type":"string"}}}}},"#,
    r#""mitigations":{"type":"array","items":{"type":"object","additionalProperties":false,"#,
    r#""required":["id","action","command","risk","rollback","effect"],"properties":{"id":{"type":"string"},"#,
    r#""action":{"type":"string"},"command":{"type":"string"},"risk":{"type":"string"},"#,
    r#""rollback":{"type":"string"},"effect":{"type":"string","enum":["reads","changes"]}}}},"#,
    r#""customer_impact":{"type":"string"},"#,
    r#""timeline":{"type":"array","items":{"type":"object","additionalProperties":false,"#,
    r#""required":["at","text","source","kind"],"properties":{"at":{"type":"string"},"text":{"type":"string"},"#,
    r#""source":{"type":"string"},"#,
    r#""kind":{"type":"string","enum":["deploy","alert","symptom","human","action","finding"]}}}},"#,
    r#""contradictions":{"type":"array","items":{"type":"object","additionalProperties":false,"#,
    r#""required":["text","quotes"],"properties":{"text":{"type":"string"},"quotes":{"type":"array","items":"#,
    quote!(),
    r#"}}}},"missing":{"type":"array","items":{"type":"object","additionalProperties":false,"#,
    r#""required":["what","why","command"],"properties":{"what":{"type":"string"},"why":{"type":"string"},"#,
    r#""command":{"type":"string"}}}},"#,
    r#""follow_ups":{"type":"array","items":{"type":"object","additionalProperties":false,"#,
    r#""required":["priority","text","owner"],"properties":{"#,
    r#""priority":{"type":"string","enum":["P0","P1","P2","P3"]},"text":{"type":"string"},"#,
    r#""owner":{"type":"string"}}}},"postmortem":{"type":"string"}}}"#,
);

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::TRIAGE;

    /// What the schema may use, so that every constrained decoder takes it.
    fn check(schema: &Value) {
        let keys: Vec<&str> = schema.as_object().unwrap().keys().map(String::as_str).collect();
        match schema["type"].as_str().unwrap() {
            "object" => {
                assert_eq!(keys, ["additionalProperties", "properties", "required", "type"]);
                let properties = schema["properties"].as_object().unwrap();
                let required = schema["required"].as_array().unwrap();
                assert_eq!(required.len(), properties.len());
                for name in required {
                    check(&properties[name.as_str().unwrap()]);
                }
            }
            "array" => {
                assert_eq!(keys, ["items", "type"]);
                check(&schema["items"]);
            }
            "string" => assert!(keys == ["type"] || keys == ["enum", "type"]),
            other => assert_eq!(other, "integer"),
        }
    }

    #[test]
    fn the_schema_keeps_to_what_all_decoders_take() {
        check(&serde_json::from_str(TRIAGE).unwrap());
    }

    #[test]
    fn keys_come_in_the_order_of_the_panes() {
        let places = ["title", "severity", "summary", "hypotheses", "checklist", "mitigations", "postmortem"]
            .map(|key| TRIAGE.find(&format!("\"{key}\":{{")).unwrap());
        assert!(places.is_sorted(), "{places:?}");
    }
}
