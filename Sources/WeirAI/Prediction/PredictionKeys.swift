import WeirCore

extension AISettings {
    /// The provider whose server an address is on: the one with the longest `base_url` that it begins with.
    ///
    /// Nothing is guessed: a key goes nowhere but where `ai: providers:` sends it anyway.
    public func provider(of url: String) -> ProviderSettings? {
        providers.filter { provider in
            // A slash must follow: `https://host.example.evil` and `https://host.example@evil` are other hosts.
            !provider.baseURL.isEmpty && url.hasPrefix("\(provider.baseURL)/")
        }.max { $0.baseURL.utf8.count < $1.baseURL.utf8.count }
    }
}

extension AIClient {
    /// Who asks a prediction server, with the key of the provider whose server it is.
    ///
    /// - Parameter model: as a server of several models knows it; empty where it needs no name.
    public func predictor(url: String, model: String) -> PredictionClient {
        let provider = settings.provider(of: url)
        return PredictionClient(
            url: url, model: model, exchanger: exchanger, clock: clock, retry: settings.retry,
            secrets: settings.secrets
        ) { request in
            guard let provider else { return request }
            return try await self.sign(request, provider)
        }
    }
}
