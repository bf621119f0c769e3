extension ShippedPrices {
    static let gemini = #"""
          "gemini/gemini-4-argon": {
            "cache_read_input_token_cost": 1e-07, "cache_read_input_token_cost_batches": 5e-08,
            "input_cost_per_token": 2e-06, "input_cost_per_token_batches": 1e-06, "litellm_provider": "gemini",
            "max_input_tokens": 1048576, "max_output_tokens": 1048576, "mode": "chat",
            "output_cost_per_reasoning_token": 1e-05, "output_cost_per_token": 1e-05,
            "output_cost_per_token_batches": 5e-06, "prompt_cache_min_tokens": 4096.0, "rpm": 2000.0,
            "supports_function_calling": true, "supports_pdf_input": true, "supports_prompt_caching": true,
            "supports_reasoning": true, "supports_response_schema": true, "supports_vision": true,
            "tpm": 800000.0
          },
          "gemini/gemini-3.8-flash": {
            "cache_read_input_token_cost": 7.5e-08, "cache_read_input_token_cost_batches": 3.75e-08,
            "input_cost_per_token": 7.5e-07, "input_cost_per_token_batches": 3.75e-07,
            "litellm_provider": "gemini", "max_input_tokens": 1048576, "max_output_tokens": 65536,
            "mode": "chat", "output_cost_per_reasoning_token": 3.75e-06, "output_cost_per_token": 3.75e-06,
            "output_cost_per_token_batches": 1.875e-06, "prompt_cache_min_tokens": 4096, "rpm": 2000,
            "supports_function_calling": true, "supports_pdf_input": true, "supports_prompt_caching": true,
            "supports_reasoning": true, "supports_response_schema": true, "supports_sampling_params": false,
            "supports_vision": true, "tpm": 800000
          },
          "gemini/gemini-3.7-flash": {
            "cache_read_input_token_cost": 7.5e-08, "cache_read_input_token_cost_batches": 3.75e-08,
            "input_cost_per_token": 7.5e-07, "input_cost_per_token_batches": 3.75e-07,
            "litellm_provider": "gemini", "max_input_tokens": 1048576, "max_output_tokens": 65536,
            "mode": "chat", "output_cost_per_reasoning_token": 3.75e-06, "output_cost_per_token": 3.75e-06,
            "output_cost_per_token_batches": 1.875e-06, "prompt_cache_min_tokens": 4096, "rpm": 2000,
            "supports_function_calling": true, "supports_pdf_input": true, "supports_prompt_caching": true,
            "supports_reasoning": true, "supports_response_schema": true, "supports_sampling_params": false,
            "supports_vision": true, "tpm": 800000
          },
          "gemini/gemini-3.5-flash": {
            "cache_read_input_token_cost": 1.5e-07, "cache_read_input_token_cost_batches": 7.5e-08,
            "input_cost_per_audio_token": 1.5e-06, "input_cost_per_token": 1.5e-06,
            "input_cost_per_token_batches": 7.5e-07, "litellm_provider": "gemini", "max_input_tokens": 1048576,
            "max_output_tokens": 65536, "mode": "chat", "output_cost_per_reasoning_token": 9e-06,
            "output_cost_per_token": 9e-06, "output_cost_per_token_batches": 4.5e-06,
            "prompt_cache_min_tokens": 4096, "rpm": 2000, "supports_function_calling": true,
            "supports_pdf_input": true, "supports_prompt_caching": true, "supports_reasoning": true,
            "supports_response_schema": true, "supports_vision": true, "tpm": 800000
          },
          "gemini/gemini-3.5-flash-lite": {
            "cache_read_input_token_cost": 3e-08, "cache_read_input_token_cost_batches": 2e-08,
            "input_cost_per_token": 3e-07, "input_cost_per_token_batches": 1.5e-07, "litellm_provider": "gemini",
            "max_input_tokens": 1048576, "max_output_tokens": 65536, "mode": "chat",
            "output_cost_per_reasoning_token": 2.5e-06, "output_cost_per_token": 2.5e-06,
            "output_cost_per_token_batches": 1.25e-06, "rpm": 15, "supports_function_calling": true,
            "supports_pdf_input": true, "supports_prompt_caching": true, "supports_reasoning": true,
            "supports_response_schema": true, "supports_sampling_params": false, "supports_vision": true,
            "tpm": 250000
          },
          "gemini/gemini-3.1-pro-preview": {
            "cache_read_input_token_cost": 2e-07, "cache_read_input_token_cost_above_200k_tokens": 4e-07,
            "cache_read_input_token_cost_above_200k_tokens_batches": 4e-07,
            "cache_read_input_token_cost_batches": 2e-07, "input_cost_per_token": 2e-06,
            "input_cost_per_token_above_200k_tokens": 4e-06,
            "input_cost_per_token_above_200k_tokens_batches": 2e-06, "input_cost_per_token_batches": 1e-06,
            "litellm_provider": "gemini", "max_input_tokens": 1048576, "max_output_tokens": 65536,
            "mode": "chat", "output_cost_per_token": 1.2e-05, "output_cost_per_token_above_200k_tokens": 1.8e-05,
            "output_cost_per_token_above_200k_tokens_batches": 9e-06, "output_cost_per_token_batches": 6e-06,
            "prompt_cache_min_tokens": 4096, "rpm": 2000, "supports_function_calling": true,
            "supports_pdf_input": true, "supports_prompt_caching": true, "supports_reasoning": true,
            "supports_response_schema": true, "supports_vision": true, "tpm": 800000
          },
          "gemini/gemini-2.5-pro": {
            "cache_read_input_token_cost": 1.25e-07, "cache_read_input_token_cost_above_200k_tokens": 2.5e-07,
            "cache_read_input_token_cost_above_200k_tokens_batches": 2.5e-07,
            "cache_read_input_token_cost_batches": 1.25e-07, "input_cost_per_token": 1.25e-06,
            "input_cost_per_token_above_200k_tokens": 2.5e-06,
            "input_cost_per_token_above_200k_tokens_batches": 1.25e-06, "input_cost_per_token_batches": 6.25e-07,
            "litellm_provider": "gemini", "max_input_tokens": 1048576, "max_output_tokens": 65536,
            "mode": "chat", "output_cost_per_token": 1e-05, "output_cost_per_token_above_200k_tokens": 1.5e-05,
            "output_cost_per_token_above_200k_tokens_batches": 7.5e-06, "output_cost_per_token_batches": 5e-06,
            "prompt_cache_min_tokens": 2048, "rpm": 2000, "supports_function_calling": true,
            "supports_pdf_input": true, "supports_prompt_caching": true, "supports_reasoning": true,
            "supports_response_schema": true, "supports_vision": true, "tpm": 800000
          },
          "gemini/gemini-2.5-flash": {
            "cache_read_input_audio_token_cost": 1e-07, "cache_read_input_audio_token_cost_batches": 1e-07,
            "cache_read_input_token_cost": 3e-08, "cache_read_input_token_cost_batches": 3e-08,
            "input_cost_per_audio_token": 1e-06, "input_cost_per_audio_token_batches": 5e-07,
            "input_cost_per_token": 3e-07, "input_cost_per_token_batches": 1.5e-07, "litellm_provider": "gemini",
            "max_input_tokens": 1048576, "max_output_tokens": 65536, "mode": "chat",
            "output_cost_per_reasoning_token": 2.5e-06, "output_cost_per_token": 2.5e-06,
            "output_cost_per_token_batches": 1.25e-06, "rpm": 100000, "supports_function_calling": true,
            "supports_pdf_input": true, "supports_prompt_caching": true, "supports_reasoning": true,
            "supports_response_schema": true, "supports_vision": true, "tpm": 8000000
          },
          "gemini/gemini-2.5-flash-lite": {
            "cache_read_input_audio_token_cost": 3e-08, "cache_read_input_audio_token_cost_batches": 3e-08,
            "cache_read_input_token_cost": 1e-08, "cache_read_input_token_cost_batches": 1e-08,
            "input_cost_per_audio_token": 3e-07, "input_cost_per_audio_token_batches": 1.5e-07,
            "input_cost_per_token": 1e-07, "input_cost_per_token_batches": 5e-08, "litellm_provider": "gemini",
            "max_input_tokens": 1048576, "max_output_tokens": 65536, "mode": "chat",
            "output_cost_per_reasoning_token": 4e-07, "output_cost_per_token": 4e-07,
            "output_cost_per_token_batches": 2e-07, "rpm": 15, "supports_function_calling": true,
            "supports_pdf_input": true, "supports_prompt_caching": true, "supports_reasoning": true,
            "supports_response_schema": true, "supports_vision": true, "tpm": 250000
          },
          "gemini/gemini-embedding-001": {
            "deprecation_date": "2028-05-14", "input_cost_per_token": 1.5e-07,
            "input_cost_per_token_batches": 7.5e-08, "litellm_provider": "gemini", "max_input_tokens": 2048,
            "mode": "embedding", "output_cost_per_token": 0, "output_vector_size": 3072, "rpm": 10000,
            "tpm": 10000000
          },
          "gemini/gemini-embedding-2": {
            "input_cost_per_audio_token": 6.5e-06, "input_cost_per_audio_token_batches": 3.25e-06,
            "input_cost_per_image_token": 4.5e-07, "input_cost_per_image_token_batches": 2.25e-07,
            "input_cost_per_token": 2e-07, "input_cost_per_token_batches": 1e-07, "litellm_provider": "gemini",
            "max_input_tokens": 8192, "mode": "embedding", "output_cost_per_token": 0,
            "output_vector_size": 3072, "rpm": 10000, "supports_vision": true, "tpm": 10000000
          }
        """#
}
